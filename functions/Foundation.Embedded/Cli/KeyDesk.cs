using Foundation.Embedded.Hosting;
using Foundation.Kernel;
using Foundation.Security;

namespace Foundation.Embedded.Cli;

/// <summary>Where keys are managed from the command line: the data folder itself, or a running host.</summary>
internal abstract class KeyDesk : IAsyncDisposable
{
    /// <summary>Opens the folder, or the host that is named or that holds the folder.</summary>
    public static async ValueTask<KeyDesk> OpenAsync(string? data, string? url, string? key, CancellationToken ct)
    {
        if (url is not null)
        {
            return new HostKeyDesk(url, key);
        }

        var folder = EmbeddedSettings.DataFolder(data);
        return folder == EmbeddedSettings.InMemory
            ? throw new StartException("A host in memory keeps no keys; name a running one with --url.")
            : await FolderKeyDesk.OpenAsync(folder, ct);
    }

    public abstract ValueTask<KeyResource> CreateAsync(KeyRequest request, CancellationToken ct);

    public abstract IAsyncEnumerable<KeyResource> ListAsync(CancellationToken ct);

    public abstract ValueTask<KeyResource> RevokeAsync(string id, CancellationToken ct);

    public abstract ValueTask DisposeAsync();

    /// <summary>A refusal as one sentence, all faults included.</summary>
    protected static StartException Refused(Problem problem) => new(
        problem.Faults.Count > 0
            ? string.Join(" ", problem.Faults.Select(f => $"{f.Path.TrimStart('/')}: {f.Message}{(f.Hint is null ? "" : " " + f.Hint)}"))
            : problem.Detail ?? problem.Error.Title);
}
