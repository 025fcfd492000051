using Azure.Data.Tables;

namespace Foundation.Azure.Tables;

/// <summary>
/// Finds the last keys of a range, although Azure Tables are only read forwards: probes where the last page may start, first by
/// growing steps, then by halving, so that a newest-first list of many rows costs a dozen reads and not all of them.
/// </summary>
internal sealed class TailSearch(Func<string, string, CancellationToken, ValueTask<EntityPage>> read, KeyMetric metric)
{
    /// <summary>All keys from <paramref name="From"/> to the end of the range, never none unless the range is empty.</summary>
    /// <param name="From">Where the chunk starts; keys before it were not read.</param>
    /// <param name="Entities">In key order.</param>
    public readonly record struct Chunk(string From, List<TableEntity> Entities);

    /// <summary>Finds the last chunk.</summary>
    /// <param name="from">The range, inclusive.</param>
    /// <param name="to">The range, exclusive.</param>
    /// <param name="width">How wide in numbers the chunk behind this range was, or 0.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<Chunk> LastAsync(string from, string to, UInt128 width, CancellationToken ct)
    {
        var search = new Bracket(metric, from, to);
        var probe = search.First(width);
        while (true)
        {
            var page = await read(probe, search.To, ct);
            if (!page.More && (page.Items.Count > 0 || probe == from))
            {
                return new Chunk(probe, page.Items);
            }

            if (page.More)
            {
                search.MoreFrom(probe, page.Items);
            }
            else if (search.NothingFrom(probe))
            {
                // The service said "perhaps more" and there was nothing: the page before is the last.
                return new Chunk(search.LastFrom, search.Last);
            }

            probe = search.Next();
        }
    }

    /// <summary>What is known: there are keys at and after <c>_low</c>, none from <see cref="To"/> on.</summary>
    private sealed class Bracket(KeyMetric metric, string from, string to)
    {
        private const int MissesMax = 5;

        private string _low = from;
        private UInt128 _lowNumber = metric.ToNumber(from);
        private UInt128 _highNumber = metric.ToNumber(to);
        private UInt128 _step;
        private bool _bounded;
        private int _misses;

        public string To { get; private set; } = to;

        public string LastFrom { get; private set; } = from;

        public List<TableEntity> Last { get; private set; } = [];

        public string First(UInt128 width)
        {
            if (width == 0 || width >= _highNumber - _lowNumber)
            {
                return _low;
            }

            _bounded = true;
            return Later(_highNumber - width);
        }

        public void MoreFrom(string probe, List<TableEntity> items)
        {
            (LastFrom, Last, _misses) = (probe, items, 0);
            if (items.Count == 0)
            {
                return;
            }

            var first = metric.ToNumber(items[0].RowKey);
            _low = items[^1].RowKey + KeyCode.JustAfter;
            _lowNumber = metric.ToNumber(items[^1].RowKey);
            _step = UInt128.Max(_step * 2, UInt128.Max(_lowNumber - first, 1));
        }

        /// <summary>True when nothing is left to look at.</summary>
        public bool NothingFrom(string probe)
        {
            if (string.CompareOrdinal(probe, _low) <= 0)
            {
                return true;
            }

            _misses++;
            To = probe;
            _highNumber = metric.ToNumber(probe);
            _bounded = true;
            return false;
        }

        public string Next()
        {
            // Where nothing is known to be left, or halving meets only a gap, a read from the low end settles it.
            if (Last.Count == 0 || _misses == MissesMax)
            {
                _misses = 0;
                return _low;
            }

            var room = _highNumber - _lowNumber;
            var step = _bounded || _step >= room ? room / 2 : _step;
            return step == 0 ? _low : Later(_lowNumber + step);
        }

        private string Later(UInt128 number)
        {
            var bound = metric.ToBound(number);
            return string.CompareOrdinal(bound, _low) > 0 && string.CompareOrdinal(bound, To) < 0 ? bound : _low;
        }
    }
}
