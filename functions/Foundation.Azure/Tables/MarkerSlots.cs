using System.Collections.Concurrent;
using System.Globalization;

namespace Foundation.Azure.Tables;

/// <summary>
/// Rows that a commit of nothing but deletes is stamped on. A slot is used by one commit at a time and again by later ones, so a
/// process leaves a handful of small rows behind and nobody has to clean up after each delete.
/// </summary>
internal sealed class MarkerSlots(RandomSource random)
{
    private readonly string _process = $"k!{random.NextSeed():x8}{random.NextSeed():x8}!";
    private readonly ConcurrentBag<string> _free = [];
    private int _made;

    public string Rent() => _free.TryTake(out var slot)
        ? slot
        : _process + Interlocked.Increment(ref _made).ToString(CultureInfo.InvariantCulture);

    public void Return(string? slot)
    {
        if (slot is not null)
        {
            _free.Add(slot);
        }
    }
}
