using Foundation.Protocols.Memory;
using SQLitePCL;

namespace Foundation.Embedded.Sqlite;

/// <summary>
/// The one thread that writes. What queued up since the last fsync becomes one transaction; each caller is answered after its
/// fsync. After a failed one the page cache may hold what the disk does not, so the file is closed, opened, verified and moved
/// out of its log before anything more is accepted.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int RetryMilliseconds = 1_000;

    /// <summary>How much more is written before a log that readers kept from restarting is tried again.</summary>
    private const int RetryPages = 500;

    private readonly SqliteStoreOptions _options;
    private readonly SqliteCatalogue _catalogue;
    private readonly SqliteReaders _readers;
    private readonly RowCache _cache;
    private readonly ChangeRing _changes;
    private readonly SqliteInstruments _instruments;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly RecentCommits _recent = new();
    private readonly SqliteCheckpointer _checkpointer;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private Queue<WriterJob> _queue = new();
    private Queue<WriterJob> _taken = new();
    private WriterState _state;
    private string? _down;
    private bool _stopping;
    private int _logPages;

    public SqliteWriter(
        SqliteStoreOptions options, SqliteCatalogue catalogue, SqliteReaders readers, RowCache cache, ChangeRing changes,
        SqliteInstruments instruments, TimeProvider time, ILogger logger)
    {
        (_options, _catalogue, _readers, _cache) = (options, catalogue, readers, cache);
        (_changes, _instruments, _time, _logger) = (changes, instruments, time, logger);
        _state = WriterState.Open(options, catalogue, _recent);
        _checkpointer = new SqliteCheckpointer(options, time, instruments.Checkpointed, e => TryPost(new FailedJob(e)));
        _thread = new Thread(Run) { Name = "foundation-store-writer", IsBackground = true };
    }

    /// <summary>Jobs that wait.</summary>
    public int Depth => Volatile.Read(ref _queue).Count;

    /// <summary>Before the thread starts, its connection may be used here.</summary>
    public WriterState StateAtStart => _state;

    public void Start()
    {
        _checkpointer.Start();
        _thread.Start();
    }

    /// <summary>Queues a job; throws when the store does not accept now.</summary>
    public void Post(WriterJob job)
    {
        if (TryPost(job) is { } refusal)
        {
            throw new StoreUnavailableException(refusal);
        }
    }

    /// <summary>Queues a job, or says why not.</summary>
    private string? TryPost(WriterJob job)
    {
        lock (_gate)
        {
            if (_stopping || _down is not null)
            {
                return _down ?? "The store is closed";
            }

            if (_queue.Count >= _options.QueueMax)
            {
                _instruments.Refused();
                return $"{_options.QueueMax} writes wait already; try again";
            }

            _queue.Enqueue(job);
            if (_queue.Count == 1)
            {
                Monitor.Pulse(_gate);
            }

            return null;
        }
    }

    /// <summary>Writes what is queued, moves the log into the file, closes.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _state.Dispose();
    }

    private void Run()
    {
        var group = new List<WriterJob>();
        while (Take(group))
        {
            try
            {
                Write(group);
            }
#pragma warning disable CA1031 // The thread must survive whatever SQLite or a job does; the callers are told.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Recover(group, e);
            }
        }

        Close();
    }

    /// <summary>The next group: waits for a first job, then takes what is there up to the bounds. False when stopping and empty.</summary>
    private bool Take(List<WriterJob> group)
    {
        group.Clear();
        if (_taken.Count == 0)
        {
            lock (_gate)
            {
                while (_queue.Count == 0)
                {
                    if (_stopping)
                    {
                        return false;
                    }

                    Monitor.Wait(_gate);
                }

                (_queue, _taken) = (_taken, _queue);
            }
        }

        var bytes = 0;
        while (group.Count < _options.GroupCommitsMax && bytes < _options.GroupBytesMax && _taken.TryDequeue(out var job))
        {
            if (job.Cancelled)
            {
                job.Cancel();
                continue;
            }

            bytes += job.Bytes;
            group.Add(job);
        }

        return true;
    }

    private void Write(List<WriterJob> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        var started = _time.GetTimestamp();
        foreach (var job in group)
        {
            job.Prepare(_state);
        }

        _state.Begin(group.Count);
        foreach (var job in group)
        {
            job.Execute(_state);
        }

        _cache.Begin(_state.Changes);
        var committed = false;
        try
        {
            _state.Commit();
            committed = true;
        }
        finally
        {
            _cache.End(_state.Changes, committed);
        }

        var conflicts = 0;
        foreach (var job in group)
        {
            job.Publish(_changes.Append);
            conflicts += job is CommitJob { Conflicted: true } ? 1 : 0;
        }

        _instruments.Group(group.Count, conflicts, _time.GetElapsedTime(started));
        foreach (var job in group)
        {
            job.Succeed();
        }

        group.Clear();
        Checkpoint();
    }

    /// <summary>Has a long log moved, then takes the rest and restarts the log. A failure is as serious as a commit's.</summary>
    private void Checkpoint()
    {
        _logPages += _state.Database.PagesWritten();
        if (_logPages < _options.CheckpointPages)
        {
            return;
        }

        if (!_checkpointer.Done)
        {
            _checkpointer.Want();
            return;
        }

        // Readers of the log keep it from starting anew. They are short, so waiting for them a moment mostly suffices.
        var (logged, moved, busy) = _state.Database.Checkpoint(raw.SQLITE_CHECKPOINT_RESTART);
        _logPages = busy ? _options.CheckpointPages - Math.Min(_options.CheckpointPages, RetryPages) : logged - moved;
        _checkpointer.Reset();
    }

    private void Recover(List<WriterJob> group, Exception error)
    {
        var code = (error as SqliteFault)?.Code ?? -1;
        _instruments.Failed(code);
        if (error is SqliteFault { DiskFull: true } && TryRollback())
        {
            _logger.DiskFull(group.Count, error);
            FailAll(group, new StoreUnavailableException("The disk is full: nothing was written", error));
            return;
        }

        _logger.Failed(_options.File, code, error);
        Down("The data file failed and is being opened again; try later");
        _state.Forget();
        while (!TryReopen(group, error))
        {
            FailAll(group, new StoreUnavailableException("The data file failed; whether this was written is not known", error));
            lock (_gate)
            {
                if (_stopping)
                {
                    return;
                }

                Monitor.Wait(_gate, RetryMilliseconds);
            }
        }

        Down(null);
    }

    private bool TryRollback()
    {
        try
        {
            _state.Rollback();
            return true;
        }
        catch (SqliteFault)
        {
            return false;
        }
    }

    private bool TryReopen(List<WriterJob> group, Exception error)
    {
        try
        {
            using (_readers.Close())
            {
                _checkpointer.Pause();
                _state.Abandon();
                _options.Fault?.Invoke(CommitPoint.Reopening);
                _state = WriterState.Open(_options, _catalogue, _recent);
                var verdict = _state.Database.Text("PRAGMA quick_check(1)");
                if (verdict != "ok")
                {
                    throw new DataFileException($"{_options.File} is damaged ({verdict}). Stop, keep a copy of it, and restore a backup.");
                }

                // What is in the log may be in the page cache only: moving it writes it again, with fsyncs that count.
                if (_state.Database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE).Busy)
                {
                    throw new SqliteFault(raw.SQLITE_BUSY, "another connection keeps the log");
                }

                _logPages = 0;
                _checkpointer.Resume();
            }

            Answer(group, error);
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, it is tried again until the disk is well or the process ends.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _logger.StillFailed(_options.File, e);
            Down(e is DataFileException ? e.Message : "The data file failed and cannot be opened again yet; try later");
            return false;
        }
    }

    /// <summary>Tells each caller what the verified file says about its job.</summary>
    private void Answer(List<WriterJob> group, Exception error)
    {
        var durable = 0;
        foreach (var job in group)
        {
            switch (job.Verify(_state))
            {
                case true:
                    durable++;
                    job.Publish(_changes.Append);
                    job.Succeed();
                    break;
                case false:
                    job.Fail(new StoreUnavailableException("The data file failed: nothing was written", error));
                    break;
                default:
                    job.Fail(new StoreUnavailableException("The data file failed; whether this was written is not known", error));
                    break;
            }
        }

        _logger.Recovered(_options.File, durable, group.Count);
        group.Clear();
    }

    private void Down(string? reason)
    {
        List<WriterJob> waiting = [];
        lock (_gate)
        {
            _down = reason;
            if (reason is not null)
            {
                waiting.AddRange(_taken);
                waiting.AddRange(_queue);
                _taken.Clear();
                _queue.Clear();
            }
        }

        FailAll(waiting, new StoreUnavailableException(reason ?? ""));
    }

    private static void FailAll(List<WriterJob> jobs, Exception error)
    {
        foreach (var job in jobs)
        {
            job.Fail(error);
        }

        jobs.Clear();
    }

    private void Close()
    {
        try
        {
            _checkpointer.Dispose();
            using (_readers.Close())
            {
                _state.Database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
            }

            _logger.Closed(_options.File);
        }
#pragma warning disable CA1031 // What is in the log stays there and is read at the next start.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _logger.CheckpointFailed(e);
        }
    }
}
