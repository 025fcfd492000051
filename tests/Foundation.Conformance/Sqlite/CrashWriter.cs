using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Foundation.Protocols;

namespace Foundation.Conformance.Sqlite;

/// <summary>
/// The process that the crash tests kill: this same executable, told by a variable to write instead of to test. It writes to the
/// folder for ever and says on its output what was acknowledged.
/// </summary>
internal static class CrashWriter
{
    public const string Variable = "FOUNDATION_CRASH_WRITER";
    public const int Writers = 16;

    public static readonly Space Space = new("ledger");
    public static readonly Table Counters = new("counters", Space, KeyForm.Text);
    public static readonly Table Entries = new("entries", Space, KeyForm.Text);

    public static Shard Shard => new(Space, 0);

    public static RowKey Counter(int writer) => new(Counters, string.Create(CultureInfo.InvariantCulture, $"w{writer}"));

    public static RowKey Entry(int writer, int number) =>
        new(Entries, string.Create(CultureInfo.InvariantCulture, $"w{writer:d2}/{number:d8}"));

    public static string Lane(int writer) => string.Create(CultureInfo.InvariantCulture, $"lane/{writer:d2}");

    public static int NumberOf(Row row) => int.Parse(Encoding.UTF8.GetString(row.State.Span), CultureInfo.InvariantCulture);

    public static async Task<int> RunAsync(string folder)
    {
        try
        {
            using var store = SqliteFolder.OpenAt(folder);
            await Console.Out.WriteLineAsync("ready");
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(store, writer)));
            return 0;
        }
        catch (Embedded.Sqlite.DataFileException e)
        {
            await Console.Out.WriteLineAsync(e.Message);
            return 3;
        }
    }

    /// <summary>Raises a counter and adds an entry in one commit, then tells; a killed run goes on where the stored one stands.</summary>
    private static async Task WriteAsync(Embedded.Sqlite.SqliteStore store, int writer)
    {
        await Task.Yield();
        var row = await store.FindAsync(Shard, Counter(writer), default);
        var number = row is null ? 0 : NumberOf(row);
        var reference = row?.Reference;
        while (true)
        {
            number++;
            var state = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));
            Write counter = reference is { } before
                ? new Write.Replace(before, state, null)
                : new Write.Insert(Counter(writer), state, default, null);
            var due = new Due(Lane(writer), number, Promptness.Prompt);
            Write entry = new Write.Insert(Entry(writer, number), state, new byte[number % 3000], due);
            var commit = new Commit(new CommitId((UInt128)(uint)writer << 64 | (uint)number), Shard, ImmutableArray.Create(counter, entry));
            var versions = ((CommitResult.Committed)await store.CommitAsync(commit, default)).Versions;
            reference = new RowReference(Counter(writer), versions[0], null);
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ack {writer} {number} {versions[0].Number} ."));
        }
    }
}
