using Foundation.Security;

namespace Foundation.Embedded.Hosting;

/// <summary>Keeps a host without keys on this machine: runs before Kestrel binds, when the store can already be read.</summary>
internal sealed class BindingGuard(EmbeddedSettings settings, KeyRing keys) : IHostedLifecycleService
{
    /// <summary>Whether callers need a key, known once the host has started.</summary>
    public bool KeysNeeded { get; private set; }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        KeysNeeded = settings.BootstrapKey is not null || await keys.AnyAsync(cancellationToken);
        if (!KeysNeeded && settings.Addresses.FirstOrDefault(a => !a.IsLocal) is { } open)
        {
            throw new StartException(
                $"{open.Url} can be reached from other machines, and without any key everybody would be let in. "
                + $"Create one first: foundation keys create --name me --role admin --data {(settings.KeepsData ? settings.Data : "DIR, and start with the same --data")}");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
