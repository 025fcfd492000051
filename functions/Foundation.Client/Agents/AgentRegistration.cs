using Foundation.Registry;
using Microsoft.Extensions.Logging;

namespace Foundation.Client.Agents;

/// <summary>Keeps an instance in the registry: registers with patience, is heard, comes back after a loss, and leaves.</summary>
internal sealed class AgentRegistration(
    FoundationClient client, string service, FoundationAgentBuilder options, Uri endpoint, AttemptTable attempts, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryLongest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BeatFallback = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(5);
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private string _token = "";
    private bool _draining;
    private Task _beating = Task.CompletedTask;

    public Uri Endpoint => endpoint;

    public string Name => $"{service}/{options.Instance}";

    /// <summary>Fails when this process cannot be the instance any more.</summary>
    public Task Lost => _lost.Task;

    /// <summary>Registers; a live registration of that name is of an earlier process of the same agent, and is taken over.</summary>
    public async Task BeginAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(options.RegisterWithin);
        Exception? last = null;
        for (var wait = RetryFirst; ; wait = wait * 2 < RetryLongest ? wait * 2 : RetryLongest)
        {
            try
            {
                var registered = await client.RegisterAsync(service, options.Instance, options.ToRegistration(endpoint), takeover: true, ct: patience.Token);
                _token = registered.LeaseToken ?? "";
                _beating = BeatAsync(registered.HeartbeatEvery ?? BeatFallback);
                return;
            }
            catch (OperationCanceledException) when (last is not null && !ct.IsCancellationRequested && patience.IsCancellationRequested)
            {
                throw last;
            }
            catch (Exception e) when (MayPass(e))
            {
                logger.NotRegistered(Name, e.Message);
                last = e;
            }

            if (!await PauseAsync(wait, patience.Token))
            {
                ct.ThrowIfCancellationRequested();
                throw last;
            }
        }
    }

    /// <summary>Tells the host to send nothing more.</summary>
    public async Task DrainAsync()
    {
        _draining = true;
        using var patience = new CancellationTokenSource(FarewellPatience, options.Time);
        await TryAsync(() => client.HeartbeatAsync(service, options.Instance, Beat(), patience.Token));
    }

    /// <summary>Leaves the registry.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _beating;
        using var patience = new CancellationTokenSource(FarewellPatience, options.Time);
        await TryAsync(() => client.RemoveInstanceAsync(service, options.Instance, _token, patience.Token));
        _ended.Dispose();
    }

    private Heartbeat Beat() => new()
    {
        LeaseToken = _token,
        Load = new InstanceLoad(attempts.Running),
        Status = _draining ? HeartbeatStatus.Draining : null,
    };

    private async Task BeatAsync(TimeSpan every)
    {
        while (await PauseAsync(every, _ended.Token))
        {
            try
            {
                every = await BeatOnceAsync() ?? every;
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (MayPass(e))
            {
                logger.NotHeard(Name, e.Message);
                every = every < RetryLongest ? every : RetryLongest;
            }
            catch (FoundationException e)
            {
                logger.Superseded(Name, e.Message);
                _lost.TrySetException(e);
                return;
            }
        }
    }

    private async Task<TimeSpan?> BeatOnceAsync()
    {
        try
        {
            return (await client.HeartbeatAsync(service, options.Instance, Beat(), _ended.Token)).HeartbeatEvery;
        }
        catch (FoundationException e) when (e.Status == 404)
        {
            // The lease ended while nobody could be reached, or somebody removed the instance. With the old token it is the same instance;
            // without takeover, because a live registration is now of another process.
            var back = await client.RegisterAsync(service, options.Instance, options.ToRegistration(endpoint), _token, takeover: false, _ended.Token);
            _token = back.LeaseToken ?? _token;
            if (_draining)
            {
                await client.HeartbeatAsync(service, options.Instance, Beat(), _ended.Token);
            }

            return back.HeartbeatEvery;
        }
    }

    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken ct)
    {
        try
        {
            await Task.Delay(pause, options.Time, ct);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // At the end nothing more can be done about a host that does not answer: its leases end by themselves.
    private async Task TryAsync(Func<Task> farewell)
    {
        try
        {
            await farewell();
        }
        catch (Exception e) when (e is HttpRequestException or FoundationException or OperationCanceledException)
        {
            logger.NoFarewell(Name, e.Message);
        }
    }

    private static bool MayPass(Exception e) => e is HttpRequestException or FoundationException { Status: >= 500 or 429 } or TaskCanceledException { InnerException: TimeoutException };
}
