using System.Diagnostics.Metrics;

namespace Foundation.Embedded.Sqlite;

/// <summary>Metrics of the data file: meter <c>Foundation.Store</c>.</summary>
internal sealed class SqliteInstruments
{
    public const string MeterName = "Foundation.Store";

    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _size;
    private readonly Counter<long> _conflicts;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _checkpoints;

    public SqliteInstruments(IMeterFactory meters, Func<int> queueDepth)
    {
        var meter = meters.Create(MeterName);
        _duration = meter.CreateHistogram<double>("foundation.store.group.duration", "s", "From the first write of a group to its fsync");
        _size = meter.CreateHistogram<int>("foundation.store.group.size", "{commit}", "Commits that shared one fsync");
        _conflicts = meter.CreateCounter<long>("foundation.store.conflicts", "{commit}", "Commits answered with a conflict");
        _failures = meter.CreateCounter<long>("foundation.store.failures", "{failure}", "Groups that the disk or SQLite failed");
        _refused = meter.CreateCounter<long>("foundation.store.refused", "{commit}", "Commits refused because too many waited");
        _checkpoints = meter.CreateHistogram<double>("foundation.store.checkpoint.duration", "s", "Moves of the log into the file");
        meter.CreateObservableGauge("foundation.store.queue.depth", queueDepth, "{commit}", "Commits that wait for the writer");
    }

    internal void Group(int commits, int conflicts, TimeSpan took)
    {
        _duration.Record(took.TotalSeconds);
        _size.Record(commits);
        if (conflicts > 0)
        {
            _conflicts.Add(conflicts);
        }
    }

    internal void Failed(int code) => _failures.Add(1, new KeyValuePair<string, object?>("code", code));

    internal void Refused() => _refused.Add(1);

    internal void Checkpointed(TimeSpan took) => _checkpoints.Record(took.TotalSeconds);
}
