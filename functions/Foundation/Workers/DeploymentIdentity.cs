using System.Security.Cryptography;
using System.Text;

namespace Foundation.Workers;

/// <summary>
/// What makes a deployment itself: the key that its ids and tokens are sealed with. Made once, stored, and carried by the archive,
/// so that ids survive a move to another host.
/// </summary>
public sealed class DeploymentIdentity(IStore store, CommitIds commits, RandomSource random)
{
    private const int KeyBytes = 32;
    private static readonly Space Deployment = new("deployment");

    /// <summary>The table of the identity.</summary>
    public static Table Table { get; } = new("deployment", Deployment, KeyForm.Text);

    /// <summary>Reads the key, or makes it; of two first starts at once, one wins and both read the same.</summary>
    public async ValueTask<byte[]> LoadAsync(CancellationToken ct)
    {
        var shard = new Shard(Deployment, 0);
        var key = new RowKey(Table, "identity");
        while (true)
        {
            if (await store.FindAsync(shard, key, ct) is { } row)
            {
                return Decode(row);
            }

            var made = new byte[KeyBytes];
            random.Fill(made);
            var state = Encoding.UTF8.GetBytes($$"""{"key":"{{Convert.ToBase64String(made)}}"}""");
            await store.CommitAsync(new Commit(commits.Next(), shard, [new Write.Insert(key, state, default, null)]), ct);
        }
    }

    private static byte[] Decode(Row row)
    {
        using var json = System.Text.Json.JsonDocument.Parse(row.State);
        var key = json.RootElement.GetProperty("key").GetBytesFromBase64();
        return key.Length == KeyBytes ? key : throw new CryptographicException($"The deployment's key has {key.Length} bytes instead of {KeyBytes}");
    }
}
