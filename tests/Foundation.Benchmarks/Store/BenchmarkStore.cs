using System.Diagnostics.Metrics;
using Foundation.Embedded.Sqlite;
using Foundation.Kernel;
using Foundation.Protocols;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Foundation.Benchmarks.Store;

/// <summary>A data file in a folder of its own, with task-like rows: a body written once, a state rewritten, three lanes.</summary>
internal sealed class BenchmarkStore : IDisposable
{
    private static readonly IMeterFactory Meters =
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    private static readonly Space Tasks = new("tasks");
    private readonly byte[] _state = new byte[200];
    private readonly byte[] _body;
    private readonly IdFactory _ids = new(TimeProvider.System, RandomSource.FromSeed(1));
    private readonly bool _ownsFolder;
    private long _commits;

    public BenchmarkStore(int bodyBytes = 256, Action<SqliteStoreOptions>? configure = null, string? folder = null)
    {
        _body = new byte[bodyBytes];
        RandomSource.FromSeed(2).Fill(_body);
        RandomSource.FromSeed(3).Fill(_state);
        _ids.Initialize(new byte[32]);
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("foundation-bench-").FullName;
        var options = new SqliteStoreOptions { Folder = Folder };
        configure?.Invoke(options);
        Store = new SqliteStore(options, RandomSource.System, Meters, TimeProvider.System, NullLogger<SqliteStore>.Instance);
    }

    public static Table Table { get; } = new("tasks", Tasks, KeyForm.Id);

    public static Shard Shard { get; } = new(Tasks, 0);

    public string Folder { get; }

    public SqliteStore Store { get; }

    public static Due Queued(long at) => new("tasks/queued/default/capability-extract/2/default", at, Promptness.Prompt);

    public Write.Insert NewTask()
    {
        var id = _ids.Mint("task", 0);
        return new Write.Insert(new RowKey(Table, id), _state, _body, Queued(id.Milliseconds));
    }

    public async Task<RowVersion> CommitAsync(params Write[] writes)
    {
        var commit = new Commit(new CommitId((UInt128)(ulong)Interlocked.Increment(ref _commits) << 16), Shard, [.. writes]);
        return await Store.CommitAsync(commit, default) is CommitResult.Committed done
            ? done.Versions[0]
            : throw new InvalidOperationException("A benchmark's commit conflicted");
    }

    /// <summary>Queued, running, ended: three commits.</summary>
    public async Task LifeAsync(int instance, Write.Insert task)
    {
        var version = await CommitAsync(task);
        var running = new Due($"tasks/running/instance-{instance}", task.Due!.Value.At + 30_000, Promptness.Sweep);
        version = await CommitAsync(new Write.Replace(new RowReference(task.Target, version, task.Due), _state, running));
        var ended = new Due("tasks/ended/succeeded", task.Due.Value.At + 86_400_000, Promptness.Sweep);
        await CommitAsync(new Write.Replace(new RowReference(task.Target, version, running), _state, ended));
    }

    public void Dispose()
    {
        Store.Dispose();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
