namespace Foundation.Workers;

/// <summary>Finds the room of a lane, an address or an entity kind. Filled once, when the host starts.</summary>
public sealed class RoomDirectory
{
    private IRoom[] _rooms = [];
    private (LaneFamily Family, IRoom Room)[] _lanes = [];

    /// <summary>All rooms, in the order they were added.</summary>
    public IReadOnlyList<IRoom> Rooms => _rooms;

    /// <summary>Every space that a room's table belongs to.</summary>
    public IReadOnlyList<Space> Spaces { get; private set; } = [];

    /// <summary>The host names its rooms; throws when two claim one lane prefix or name.</summary>
    public void Fill(IEnumerable<IRoom> rooms)
    {
        _rooms = [.. rooms];
        _lanes = [.. _rooms.SelectMany(r => r.Info.Lanes.Select(l => (l, r))).OrderByDescending(p => p.l.Prefix.Length)];
        Spaces = [.. _rooms.SelectMany(r => r.Info.Tables).Select(t => t.Space).Distinct()];
        var twice = _lanes.GroupBy(l => l.Family.Prefix).FirstOrDefault(g => g.Count() > 1)?.Key
            ?? _rooms.GroupBy(r => r.Info.Name).FirstOrDefault(g => g.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new InvalidOperationException($"Two rooms claim '{twice}'");
        }
    }

    /// <summary>The family and room of a lane, or null: the longest prefix wins.</summary>
    public (LaneFamily Family, IRoom Room)? FindLane(string lane)
    {
        foreach (var entry in _lanes)
        {
            if (lane.StartsWith(entry.Family.Prefix, StringComparison.Ordinal))
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>The room of an address, or null.</summary>
    public IRoom? FindRoom(string name) => Array.Find(_rooms, r => r.Info.Name == name);

    /// <summary>The rule of an entity kind, or null.</summary>
    public IEntityDecider? FindEntity(string kind) =>
        _rooms.SelectMany(r => r.Info.Entities).FirstOrDefault(e => string.Equals(e.Kind, kind, StringComparison.OrdinalIgnoreCase));
}
