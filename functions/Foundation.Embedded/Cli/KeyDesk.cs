using Foundation.Embedded.Hosting;
using Foundation.Embedded.Sqlite;
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
        if (folder == EmbeddedSettings.InMemory)
        {
            throw new StartException("A host in memory keeps no keys; name a running one with --url.");
        }

        try
        {
            return await FolderKeyDesk.OpenAsync(folder, ct);
        }
        catch (DataFileException) when (AddressFile.Read(folder) is { } running)
        {
            // The folder is held by a host that tells where it is: it is asked instead. Whatever else is wrong with the folder is told again.
            var desk = new HostKeyDesk(running, key);
            if (await desk.AnswersAsync(ct))
            {
                return desk;
            }

            await desk.DisposeAsync();
            throw;
        }
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
