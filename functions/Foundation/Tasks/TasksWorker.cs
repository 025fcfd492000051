using Foundation.Queues;
using Foundation.Tasks.Dispatch;
using Microsoft.Extensions.Hosting;

namespace Foundation.Tasks;

/// <summary>Starts and stops the dispatch: recovery before the first request, no new attempts from the first sign of a stop.</summary>
internal sealed class TasksWorker(
    TaskRecovery recovery, TaskDispatcher dispatcher, SlotLedger ledger, Registry.IInstanceDirectory directory, IQueues queues, HostProfile profile,
    WorkTracker tracker) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        recovery.Follow(_stopping.Token);
        queues.OnResumed(_ => tracker.Track(ServeAllAsync()));
        if (profile.SingleProcess)
        {
            await recovery.StartAsync(cancellationToken);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        dispatcher.Drain();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        dispatcher.Stop();
        await _stopping.CancelAsync();
        recovery.Dispose();
        ledger.Dispose();
    }

    public void Dispose() => _stopping.Dispose();

    private async ValueTask ServeAllAsync()
    {
        await Task.Yield();
        foreach (var instance in directory.All)
        {
            await dispatcher.ServeInstanceAsync(instance);
        }
    }
}
