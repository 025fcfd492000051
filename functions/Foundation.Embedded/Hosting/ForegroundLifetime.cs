using System.Runtime.InteropServices;

namespace Foundation.Embedded.Hosting;

/// <summary>SIGTERM and Ctrl-C drain and stop; a second Ctrl-C ends at once, for the person who does not want to wait.</summary>
internal sealed class ForegroundLifetime(IHostApplicationLifetime lifetime) : IHostLifetime, IDisposable
{
    private const int Interrupted = 130;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _interrupts;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnStop));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(r => r.Dispose());

    private void OnInterrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _interrupts) > 1)
        {
            // Nothing accepted is lost: it is on disk, and the next start goes on with it.
            Environment.Exit(Interrupted);
        }

        lifetime.StopApplication();
    }

    private void OnStop(PosixSignalContext context)
    {
        context.Cancel = true;
        lifetime.StopApplication();
    }
}
