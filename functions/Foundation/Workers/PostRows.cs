using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Workers;

/// <summary>How posts stand in <see cref="Space.Posts"/>: the envelope is the row's state, the message its body.</summary>
internal static class PostRows
{
    public const string PendingLane = "posts/pending";
    public const string ParkedLane = "posts/parked";

    /// <summary>After this long an undelivered post belongs to the sweeper.</summary>
    public static readonly TimeSpan LeftoverAge = TimeSpan.FromSeconds(15);

    /// <summary>Tries before a post is parked for a person.</summary>
    public const int TriesMax = 20;

    public static Write.Insert ToInsert(Post post, CommitId commit, Shard shard, int index, DateTimeOffset now)
    {
        var key = new RowKey(shard.Space.Posts, commit.Value + (UInt128)(uint)index);
        return new Write.Insert(key, Encode(post, 0), post.Body, new Due(PendingLane, (now + LeftoverAge).ToUnixTimeMilliseconds(), Promptness.Sweep));
    }

    public static Write.Replace Retry(Row row, DateTimeOffset now)
    {
        var (post, tries) = Decode(row);
        var next = tries + 1;
        var delay = TimeSpan.FromSeconds(Math.Min(15 * Math.Pow(2, next - 1), 3600));
        var due = next >= TriesMax
            ? new Due(ParkedLane, now.ToUnixTimeMilliseconds(), Promptness.Listed)
            : new Due(PendingLane, (now + delay).ToUnixTimeMilliseconds(), Promptness.Sweep);
        return new Write.Replace(row.Reference, Encode(post, next), due);
    }

    public static (Post Post, int Tries) Decode(Row row)
    {
        var e = JsonSerializer.Deserialize(row.State.Span, PostJson.Default.PostEnvelope)
            ?? throw new InvalidOperationException($"Post row {row.Key} has no envelope");
        return (new Post(new Address(e.Room, e.Verb, e.Subject), new PostSource(e.From, e.Number), row.Body), e.Tries);
    }

    private static byte[] Encode(Post post, int tries) => JsonSerializer.SerializeToUtf8Bytes(
        new PostEnvelope(post.To.Room, post.To.Verb, post.To.Subject, post.From.Subject, post.From.Number, tries), PostJson.Default.PostEnvelope);
}

internal sealed record PostEnvelope(string Room, string Verb, string Subject, string From, long Number, int Tries);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PostEnvelope))]
internal sealed partial class PostJson : JsonSerializerContext;
