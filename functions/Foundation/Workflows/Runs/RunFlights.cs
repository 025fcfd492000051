namespace Foundation.Workflows;

/// <summary>
/// Lets one advance per run go on at a time. Who comes meanwhile does not start another, but makes the one under way look again after
/// all that came before the call, and gets its answer.
/// </summary>
internal sealed class RunFlights
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, Flight> _flights = [];

    public async ValueTask<DateTimeOffset?> RunAsync(ResourceId run, Func<CancellationToken, ValueTask<DateTimeOffset?>> advance, CancellationToken ct)
    {
        Flight? mine = null;
        Flight? other;
        lock (_gate)
        {
            if (_flights.TryGetValue(run.Value, out other))
            {
                other.Again = true;
            }
            else
            {
                _flights[run.Value] = mine = new Flight();
            }
        }

        if (mine is null)
        {
            return await other!.Landed.Task.WaitAsync(ct);
        }

        try
        {
            var next = await advance(ct);
            while (IsAskedAgain(run, mine))
            {
                next = await advance(ct);
            }

            mine.Landed.SetResult(next);
            return next;
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _flights.Remove(run.Value);
            }

            // Whoever waits hears it too: their facts are rows, and a sweep finds them.
            mine.Landed.SetException(e);
            _ = mine.Landed.Task.Exception;
            throw;
        }
    }

    // Landing and being asked again exclude each other, so no fact falls between.
    private bool IsAskedAgain(ResourceId run, Flight mine)
    {
        lock (_gate)
        {
            if (mine.Again)
            {
                mine.Again = false;
                return true;
            }

            _flights.Remove(run.Value);
            return false;
        }
    }

    private sealed class Flight
    {
        public bool Again { get; set; }

        public TaskCompletionSource<DateTimeOffset?> Landed { get; } = new();
    }
}
