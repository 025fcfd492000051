using System.Collections.Concurrent;
using System.Text.Json;
using Foundation.Configuration;

namespace Foundation.Queues;

/// <summary>Queues as declared and as they live: settings from documents, pauses from rows.</summary>
internal sealed class QueueService(IStore store, Committer committer, ConfigView<QueueSettings> documents, IQueueCounts counts, QueueActivity activity, HostProfile profile, TimeProvider time) : IQueues, IDisposable
{
    private const int TriesMax = 8;
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<string, QueueLife> _lives = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private Action<string>? _resumed;
    private DateTimeOffset _readAt;

    public IReadOnlyList<string> Names => documents.Names;

    public QueueSettings? Find(string name) => documents.Find(name);

    public QueuePause? PauseOf(string name) =>
        !_lives.IsEmpty && _lives.TryGetValue(name, out var life) && life.Paused ? new QueuePause(life.Since, life.Reason) : null;

    public void OnResumed(Action<string> resumed) => _resumed = resumed;

    /// <summary>Reads every pause: at start, and where other processes pause too.</summary>
    public async ValueTask RefreshAsync(CancellationToken ct)
    {
        if (_readAt != default && (profile.SingleProcess || time.GetUtcNow() - _readAt < FreshFor))
        {
            return;
        }

        await _reading.WaitAsync(ct);
        try
        {
            if (_readAt == default || (!profile.SingleProcess && time.GetUtcNow() - _readAt >= FreshFor))
            {
                await ReadAllAsync(ct);
                _readAt = time.GetUtcNow();
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    /// <summary>Pauses or resumes.</summary>
    public async ValueTask<Outcome<QueueResource>> ApplyAsync(string name, QueueCommand command, CancellationToken ct)
    {
        if (Find(name) is not { } settings)
        {
            return new Problem(QueueErrors.NotFound);
        }

        for (var tries = 0; tries < TriesMax; tries++)
        {
            var row = await store.FindAsync(ShardOf(settings), KeyOf(name), ct);
            var before = row is null ? new QueueLife() : Read(row);
            var after = QueueDecider.Decide(before, command, time.GetUtcNow());
            if (ReferenceEquals(before, after) || await TryCommitAsync(settings, row, after, ct))
            {
                Know(name, after);
                return await GetAsync(settings, ct);
            }
        }

        return new Problem(QueueErrors.Contended) { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    /// <summary>One queue with its depths, or null.</summary>
    public async ValueTask<QueueResource?> FindResourceAsync(string name, CancellationToken ct)
    {
        await RefreshAsync(ct);
        return Find(name) is { } settings ? await GetAsync(settings, ct) : null;
    }

    private async ValueTask<QueueResource> GetAsync(QueueSettings settings, CancellationToken ct)
    {
        var shards = ShardsOf(settings).ToList();
        var oldest = await OldestAsync(settings.Name, shards, ct);
        var pause = PauseOf(settings.Name);
        return new QueueResource
        {
            Name = settings.Name,
            Status = pause is null ? QueueStatus.Running : QueueStatus.Paused,
            Since = _lives.TryGetValue(settings.Name, out var life) && life.Since != default ? life.Since : null,
            Reason = pause?.Reason,
            Partitions = settings.Partitions,
            Depths = await counts.CountAsync(settings.Name, shards, ct),
            OldestAt = oldest,
            OldestAge = oldest is { } at ? Positive(time.GetUtcNow() - at) : null,
            Rates = activity.RatesOf(settings.Name),
        };
    }

    private async ValueTask<DateTimeOffset?> OldestAsync(string queue, List<Shard> shards, CancellationToken ct)
    {
        var oldest = long.MaxValue;
        foreach (var shard in shards)
        {
            var lanes = await store.LanesAsync(shard, QueueLanes.QueuedOf(queue), null, 1_000, ct);
            oldest = lanes.Count == 0 ? oldest : Math.Min(oldest, lanes.Min(l => l.EarliestAt));
        }

        return oldest == long.MaxValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(oldest);
    }

    private async ValueTask<bool> TryCommitAsync(QueueSettings settings, Row? row, QueueLife after, CancellationToken ct)
    {
        var state = JsonSerializer.SerializeToUtf8Bytes(after, QueueLifeJson.Default.QueueLife);
        Write write = row is null
            ? new Write.Insert(KeyOf(settings.Name), state, default, null)
            : new Write.Replace(row.Reference, state, null);
        return await committer.CommitAsync(ShardOf(settings), [write], ct) is CommitResult.Committed;
    }

    private async ValueTask ReadAllAsync(CancellationToken ct)
    {
        foreach (var name in Names)
        {
            if (Find(name) is { } settings && await store.FindAsync(ShardOf(settings), KeyOf(name), ct) is { } row)
            {
                Know(name, Read(row));
            }
        }
    }

    private void Know(string name, QueueLife life)
    {
        var wasPaused = PauseOf(name) is not null;
        _lives[name] = life;
        if (wasPaused && !life.Paused)
        {
            _resumed?.Invoke(name);
        }
    }

    private Shard ShardOf(QueueSettings settings) => new(QueueTables.Life.Space, settings.ShardOf(0) % store.Shards);

    private IEnumerable<Shard> ShardsOf(QueueSettings settings) => Enumerable.Range(0, settings.Partitions)
        .Select(p => settings.ShardOf(p) % store.Shards).Distinct().Select(n => new Shard(QueueTables.Life.Space, n));

    private static RowKey KeyOf(string name) => new(QueueTables.Life, name);

    private static QueueLife Read(Row row) => JsonSerializer.Deserialize(row.State.Span, QueueLifeJson.Default.QueueLife)!;

    private static TimeSpan Positive(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;
}
