namespace Foundation.Client.Agents;

/// <summary>One attempt at work, and the requests that wait for its answer.</summary>
#pragma warning disable CA1001 // The source has no timer and no link, so there is nothing to free, and handlers may look at its token after the end.
internal sealed class AttemptRun(string key)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private int _waiting;

    public string Key => key;

    public CancellationToken Stopping => _stop.Token;

    /// <summary>Ends with the answer and never fails.</summary>
    public Task<AgentAnswer> Answer { get; private set; } = Task.FromResult(AgentAnswer.NoContent);

    public bool Stopped => _stop.IsCancellationRequested;

    public void Begin(Func<AttemptRun, Task<AgentAnswer>> work) => Answer = work(this);

    /// <summary>Asks the handler to stop.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Waits on behalf of a request. When the last request that waits is closed, somebody cancelled.</summary>
    public async Task<AgentAnswer?> WaitAsync(CancellationToken requestAborted)
    {
        lock (_gate)
        {
            _waiting++;
        }

        try
        {
            return await Answer.WaitAsync(requestAborted);
        }
        catch (OperationCanceledException)
        {
            bool last;
            lock (_gate)
            {
                last = --_waiting == 0;
            }

            if (last)
            {
                await _stop.CancelAsync();
            }

            return null;
        }
    }
}
