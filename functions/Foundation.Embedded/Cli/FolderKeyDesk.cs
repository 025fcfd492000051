using System.Runtime.CompilerServices;
using Foundation.Embedded.Hosting;
using Foundation.Kernel;
using Foundation.Security;

namespace Foundation.Embedded.Cli;

/// <summary>Keys in a data folder that no host holds. Takes the folder's lock for as long as it is open.</summary>
internal sealed class FolderKeyDesk : KeyDesk
{
    private static readonly Caller Offline = new("offline", Caller.DefaultTenant, new HashSet<string> { ScopeRules.Everything });

    private readonly ServiceProvider _services;
    private readonly KeyService _keys;
    private readonly TimeProvider _time;

    private FolderKeyDesk(ServiceProvider services) =>
        (_services, _keys, _time) = (services, services.GetRequiredService<KeyService>(), services.GetRequiredService<TimeProvider>());

    public static async ValueTask<FolderKeyDesk> OpenAsync(string folder, CancellationToken ct)
    {
        var services = new ServiceCollection();
        EmbeddedHost.AddCore(services, new EmbeddedSettings { Addresses = [], Data = folder });
        var provider = services.BuildServiceProvider();
        try
        {
            // Rooms, identity and ids, but no worker: nothing of the folder's work is started by a look at its keys.
            await provider.GetRequiredService<FoundationHost>().StartingAsync(ct);
            return new FolderKeyDesk(provider);
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    public override async ValueTask<KeyResource> CreateAsync(KeyRequest request, CancellationToken ct)
    {
        var made = await _keys.CreateAsync(Offline, request, dryRun: false, ct);
        return made.Problem is { } problem ? throw Refused(problem) : KeyResources.Of(made.Value.Stored.Key, _time.GetUtcNow(), made.Value.Secret);
    }

    public override async IAsyncEnumerable<KeyResource> ListAsync([EnumeratorCancellation] CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            var page = await _keys.ListAsync(new Listing(100, cursor, Descending: true), ct);
            foreach (var stored in page.Items)
            {
                yield return KeyResources.Of(stored.Key, _time.GetUtcNow());
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }

    public override async ValueTask<KeyResource> RevokeAsync(string id, CancellationToken ct)
    {
        var revoked = await _keys.RevokeAsync(Offline, id, precondition: null, dryRun: false, ct);
        return revoked.Problem is { } problem ? throw Refused(problem) : KeyResources.Of(revoked.Value.Key, _time.GetUtcNow());
    }

    public override ValueTask DisposeAsync() => _services.DisposeAsync();
}
