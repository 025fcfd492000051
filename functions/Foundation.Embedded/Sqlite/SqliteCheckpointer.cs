using SQLitePCL;

namespace Foundation.Embedded.Sqlite;

/// <summary>
/// Moves the log into the file beside the writer, so that no commit waits for it. Only the short rest, and the restart of the
/// log, are the writer's: while it appends, a log never ends.
/// </summary>
internal sealed class SqliteCheckpointer : IDisposable
{
    private const int CacheKibibytes = 64;

    /// <summary>A rest that the writer moves in about the time of a commit.</summary>
    private const int RestPages = 256;

    /// <summary>Each pass leaves only what was appended meanwhile; a log that outruns them all is the writer's after these.</summary>
    private const int PassesMax = 8;

    private readonly SqliteStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<TimeSpan> _moved;
    private readonly Action<SqliteFault> _failed;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly Lock _work = new();
    private SqliteDatabase? _database;
    private bool _paused;
    private bool _wanted;
    private bool _stopping;

    public SqliteCheckpointer(SqliteStoreOptions options, TimeProvider time, Action<TimeSpan> moved, Action<SqliteFault> failed)
    {
        (_options, _time, _moved, _failed) = (options, time, moved, failed);
        _thread = new Thread(Run) { Name = "foundation-store-checkpoint", IsBackground = true };
    }

    /// <summary>Whether the log is moved but for a short rest.</summary>
    public bool Done { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>Asks for a move; does nothing while one is under way.</summary>
    public void Want()
    {
        lock (_gate)
        {
            if (!_wanted && !Done)
            {
                _wanted = true;
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>The writer has taken over the rest.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            Done = false;
        }
    }

    /// <summary>Closes the connection, waiting for a pass under way, and moves nothing until <see cref="Resume"/>.</summary>
    public void Pause()
    {
        lock (_work)
        {
            _paused = true;
            _database?.KeepLogOnClose();
            _database?.Dispose();
            _database = null;
        }
    }

    /// <summary>Moves again when asked.</summary>
    public void Resume()
    {
        lock (_work)
        {
            _paused = false;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        Pause();
    }

    private void Run()
    {
        while (WaitForWork())
        {
            try
            {
                Move();
            }
            catch (SqliteFault e)
            {
                _failed(e);
            }

            lock (_gate)
            {
                (_wanted, Done) = (false, true);
            }
        }
    }

    private bool WaitForWork()
    {
        lock (_gate)
        {
            while (!_wanted && !_stopping)
            {
                Monitor.Wait(_gate);
            }

            return !_stopping;
        }
    }

    private void Move()
    {
        var rest = int.MaxValue;
        for (var pass = 0; pass < PassesMax && rest > RestPages && !_stopping; pass++)
        {
            lock (_work)
            {
                if (_paused)
                {
                    return;
                }

                var started = _time.GetTimestamp();
                _database ??= SqliteDatabase.Open(_options.File, create: false, CacheKibibytes);
                var (logged, moved, _) = _database.Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE);
                rest = logged - moved;
                _moved(_time.GetElapsedTime(started));
            }
        }
    }
}
