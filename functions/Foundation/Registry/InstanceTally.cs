using Foundation.Registry.Health;

namespace Foundation.Registry;

/// <summary>What this process saw of an instance: totals, and the runs at the end.</summary>
internal sealed class InstanceTally
{
    private readonly Lock _gate = new();
    private long _successes;
    private long _failures;
    private long _refusals;
    private int _refusedRun;
    private int _failedRun;
    private bool _told = true;

    /// <summary>Adds an outcome.</summary>
    /// <returns>Refusals in a row, whether a run of anything bad ended, and whether there was nothing left to tell before.</returns>
    public (int RefusedRun, bool RunEnded, bool First) Add(InstanceOutcome outcome)
    {
        lock (_gate)
        {
            var (ended, first) = (outcome == InstanceOutcome.Success && _failedRun > 0, _told);
            _told = false;
            switch (outcome)
            {
                case InstanceOutcome.Success:
                    (_successes, _refusedRun, _failedRun) = (_successes + 1, 0, 0);
                    break;
                case InstanceOutcome.Failure:
                    // It was reached, so the run of refusals is over.
                    (_failures, _refusedRun, _failedRun) = (_failures + 1, 0, Next(_failedRun));
                    break;
                default:
                    (_refusals, _refusedRun, _failedRun) = (_refusals + 1, Next(_refusedRun), Next(_failedRun));
                    break;
            }

            return (_refusedRun, ended, first);
        }
    }

    /// <summary>All that was seen; from now on there is nothing left to tell.</summary>
    public ReportedHealth Tell(long generation)
    {
        lock (_gate)
        {
            _told = true;
            return new ReportedHealth
            {
                Generation = generation, Successes = _successes, Failures = _failures, Refusals = _refusals,
                RefusedRun = _refusedRun, FailedRun = _failedRun,
            };
        }
    }

    /// <summary>Another generation begins with a clean record.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            (_successes, _failures, _refusals, _refusedRun, _failedRun, _told) = (0, 0, 0, 0, 0, true);
        }
    }

    private static int Next(int run) => run == int.MaxValue ? run : run + 1;
}
