using System.Text;
using Foundation.Azure;
using Foundation.Kernel;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Azure;

public sealed class WakeUpCodecTests
{
    private static readonly Space Tasks = new("tasks");
    private static readonly Table Task = new("tasks", Tasks, KeyForm.Id);
    private static readonly Table Head = new("heads", Tasks, KeyForm.Text, Watched: true);
    private static readonly RowKey Id = new(Task, (UInt128)0x0190_1234_5678 << 80);
    private readonly WakeUpCodec _codec = new(new TableCatalog(Task, Head));

    public static TheoryData<string> Poison => new(
        "", "{", "null", "[]", "7", "\"text\"", "{}",
        """{"space":"tasks"}""",
        """{"space":"tasks","lane":""}""",
        """{"space":"nobody","lane":"a"}""",
        """{"space":"tasks","lane":"a","shard":-1}""",
        """{"space":"tasks","lane":"a","shard":"x"}""",
        """{"space":"tasks","lane":"a","table":"tasks"}""",
        """{"space":"tasks","lane":"a","table":"tasks","id":"short"}""",
        """{"space":"tasks","lane":"a","table":"tasks","id":"x","row":{"state":"%%%"}}""");

    [Fact]
    public void WakeUp_OfALane_ComesBack() =>
        Same(new WakeUp(new Shard(Tasks, 3), "tasks/queued/a/b/1/t", 1_795_000_000_000, Promptness.Prompt));

    [Fact]
    public void WakeUp_WithKey_ComesBack()
    {
        Same(new WakeUp(new Shard(Tasks, 0), "runs/waiting", 0, Promptness.Sweep, Id));
        Same(new WakeUp(new Shard(Tasks, 0), "runs/waiting", 0, Promptness.Prompt, new RowKey(Head, "a/b \"c\" 'd'")));
    }

    [Fact]
    public void WakeUp_WithRow_CarriesItAsCommitted()
    {
        var due = new Due("l", 5, Promptness.Prompt);
        var row = new Row(Id, new RowVersion(0, "W/\"datetime'x'\""), "{\"a\":1}"u8.ToArray(), "body"u8.ToArray(), due);
        var read = Decoded(new WakeUp(new Shard(Tasks, 2), "l", 5, Promptness.Prompt, Id, row)).Row!;

        Assert.Equal((row.Key, row.Version, row.Due), (read.Key, read.Version, read.Due));
        Assert.Equal("{\"a\":1} body", $"{Text(read.State)} {Text(read.Body)}");
        Assert.Null(Decoded(new WakeUp(new Shard(Tasks, 2), "l", 5, Promptness.Prompt, Id, row with { Due = null })).Row!.Due);
    }

    [Theory]
    [InlineData(20_000, true)]
    [InlineData(24_000, true)]
    [InlineData(24_500, false)]
    [InlineData(300_000, false)]
    public void WakeUp_CarriesItsRow_WhereTheWholeIsSmall(int bytes, bool carried)
    {
        var row = new Row(Id, new RowVersion(1), new byte[bytes], default, null);
        var wakeUp = new WakeUp(new Shard(Tasks, 2), "l", 5, Promptness.Prompt, Id, row);
        Assert.InRange(WakeUpCodec.Encode(wakeUp).Length, 1, WakeUpCodec.BytesMax);
        var read = Decoded(wakeUp);
        Assert.Equal((carried, Id), (read.Row is not null, read.Key));
    }

    [Theory]
    [MemberData(nameof(Poison))]
    public void Decode_OfPoison_IsFalse(string text) => Assert.False(_codec.TryDecode(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Decode_OfRandomBytes_NeverThrows()
    {
        var bytes = new byte[200];
        for (var i = 0; i < 2000; i++)
        {
            RandomSource.FromSeed(i).Fill(bytes);
            Assert.False(_codec.TryDecode(bytes, out _));
        }
    }

    [Fact]
    public void WireForm_IsFrozen()
    {
        var row = new Row(Id, new RowVersion(0, "tag"), "{}"u8.ToArray(), default, new Due("l", 5, Promptness.Prompt));
        Assert.Equal(
            """
            {"space":"tasks","shard":2,"lane":"l","at":5,"promptness":2,"table":"tasks","id":"01J0938NKR0000000000000000",
            "row":{"tag":"tag","state":"e30=","lane":"l","at":5,"promptness":2}}
            """.ReplaceLineEndings(""),
            Encoding.UTF8.GetString(WakeUpCodec.Encode(new WakeUp(new Shard(Tasks, 2), "l", 5, Promptness.Prompt, Id, row))));
    }

    [Theory]
    [InlineData("tasks/queued/default/capability:x/1/t", "tasks-high")]
    [InlineData("tasks/queued/default/capability:x/2/t", "tasks-normal")]
    [InlineData("tasks/queued/default/capability:x/3/default", "tasks-low")]
    [InlineData("tasks/queued/default/1/x/t", "tasks-normal")]
    [InlineData("tasks/queued/", "tasks-normal")]
    [InlineData("tasks/queued/1", "tasks-normal")]
    [InlineData("tasks/scheduled", "wakeups")]
    [InlineData("runs/waiting", "wakeups")]
    public void Queue_FollowsTheLane(string lane, string queue) => Assert.Equal(queue, WakeUpQueues.Of(lane));

    private void Same(WakeUp wakeUp) => Assert.Equal(wakeUp, Decoded(wakeUp));

    private WakeUp Decoded(WakeUp wakeUp)
    {
        Assert.True(_codec.TryDecode(WakeUpCodec.Encode(wakeUp), out var read));
        return read;
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
