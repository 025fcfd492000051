using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Foundation.Kernel;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Store;

/// <summary>
/// What every <see cref="IStore"/> must do. A backend gives two subclasses, with 1 and with 16 shards; each test gets a store of
/// its own, empty.
/// </summary>
public abstract partial class StoreConformance(int shards) : IAsyncLifetime
{
    protected static readonly Space Work = new("work");
    protected static readonly Space Other = new("other");
    protected static readonly Table Items = new("items", Work, KeyForm.Id, Watched: true);
    protected static readonly Table Names = new("names", Work, KeyForm.Text, Watched: true);
    protected static readonly Table Elsewhere = new("elsewhere", Other, KeyForm.Text);

    private IStore? _store;
    private long _ids;

    protected IStore Store => _store!;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The shard that most tests use: the last one.</summary>
    protected Shard Home => new(Work, Store.Shards - 1);

    /// <summary>How many callers race for one row, and how often: less on stores that a network is before.</summary>
    protected virtual int Racers => 24;

    /// <summary>Steps of one model run, and runs.</summary>
    protected virtual (int Steps, int Runs) ModelSize => (60, 12);

    /// <summary>How long a change may take to be told.</summary>
    protected virtual TimeSpan WatchPatience => TimeSpan.FromSeconds(20);

    /// <summary>An empty store with that many shards.</summary>
    protected abstract ValueTask<IStore> CreateStoreAsync(int shards);

    public async ValueTask InitializeAsync() => _store = await CreateStoreAsync(shards);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await (_store switch
        {
            IAsyncDisposable a => a.DisposeAsync(),
            IDisposable d => Disposed(d),
            _ => ValueTask.CompletedTask,
        });
    }

    protected static RowKey Item(int number) => new(Items, ((UInt128)0x0190_0000_0000 << 80) | (UInt128)(uint)number);

    protected static RowKey Name(string text) => new(Names, text);

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    protected static Due DueAt(string lane, long at, Promptness promptness = Promptness.Prompt) => new(lane, at, promptness);

    protected static Write Insert(RowKey key, string state = "s", string body = "", Due? due = null) =>
        new Write.Insert(key, Bytes(state), Bytes(body), due);

    protected static Write Replace(RowReference before, string state = "s2", Due? due = null) =>
        new Write.Replace(before, Bytes(state), due);

    protected CommitId NextId() => new((UInt128)(ulong)Interlocked.Increment(ref _ids) * 1000);

    protected ValueTask<CommitResult> CommitAsync(params Write[] writes) => CommitAsync(Home, writes);

    protected ValueTask<CommitResult> CommitAsync(Shard shard, params Write[] writes) =>
        Store.CommitAsync(new Commit(NextId(), shard, [.. writes]), Ct);

    /// <summary>Commits and returns the references of what was written.</summary>
    protected async Task<ImmutableArray<RowReference>> WriteAsync(Shard shard, params Write[] writes)
    {
        var versions = Assert.IsType<CommitResult.Committed>(await CommitAsync(shard, writes)).Versions;
        Assert.Equal(writes.Length, versions.Length);
        return [.. writes.Select((w, i) => new RowReference(w.Key, versions[i], DueOf(w)))];
    }

    protected async Task<ImmutableArray<RowReference>> WriteAsync(params Write[] writes) => await WriteAsync(Home, writes);

    protected async Task<Row?> FindAsync(RowKey key) => await Store.FindAsync(Home, key, Ct);

    protected async Task<Row> GetAsync(RowKey key) => Assert.IsType<Row>(await FindAsync(key));

    /// <summary>All pages of a key listing; fails when paging does not end.</summary>
    protected Task<List<Row>> ListAllAsync(KeyRange range, Listing listing) =>
        PagesAsync(cursor => Store.ListAsync(Home, range, listing with { Cursor = cursor }, Ct), listing.Limit);

    /// <summary>All pages of a lane.</summary>
    protected Task<List<Row>> DueAllAsync(LaneRange range, Listing listing) =>
        PagesAsync(cursor => Store.ListDueAsync(Home, range, listing with { Cursor = cursor }, Ct), listing.Limit);

    /// <summary>The lane's entries as "at:key", in order.</summary>
    protected async Task<string[]> LaneAsync(string lane) =>
        [.. (await DueAllAsync(new LaneRange(lane), new Listing())).Select(r => $"{r.Due!.Value.At}:{Plain(r.Key)}")];

    protected static string Plain(RowKey key) => key.Text ?? ((uint)key.Id).ToString(CultureInfo.InvariantCulture);

    protected static Due? DueOf(Write write) => write switch { Write.Insert i => i.Due, Write.Replace r => r.Due, _ => null };

    protected static async Task<List<T>> PagesAsync<T>(Func<string?, ValueTask<Page<T>>> read, int limit)
    {
        var all = new List<T>();
        string? cursor = null;
        for (var pages = 0; pages < 2000; pages++)
        {
            var page = await read(cursor);
            Assert.True(page.Items.Count <= limit, $"A page of {page.Items.Count} items was over its limit {limit}");
            all.AddRange(page.Items);
            cursor = page.Next;
            if (cursor is null)
            {
                return all;
            }
        }

        throw new InvalidOperationException("The listing does not end");
    }

    private static ValueTask Disposed(IDisposable disposable)
    {
        disposable.Dispose();
        return ValueTask.CompletedTask;
    }
}
