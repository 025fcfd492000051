using System.Collections.Immutable;

namespace Foundation.Registry.View;

/// <summary>All instances at one moment, by service and capability. A change makes a new one that shares the rest.</summary>
internal sealed class RegistrySnapshot
{
    private readonly ImmutableSortedDictionary<string, Instance> _byName;
    private readonly ImmutableDictionary<string, Instance[]> _byService;
    private readonly ImmutableDictionary<string, Instance[]> _byCapability;
    private Instance[]? _all;

    private RegistrySnapshot(
        ImmutableSortedDictionary<string, Instance> byName,
        ImmutableDictionary<string, Instance[]> byService,
        ImmutableDictionary<string, Instance[]> byCapability) =>
        (_byName, _byService, _byCapability) = (byName, byService, byCapability);

    public static RegistrySnapshot Empty { get; } = new(
        ImmutableSortedDictionary.Create<string, Instance>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, Instance[]>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, Instance[]>(StringComparer.Ordinal));

    public Instance[] All => _all ??= [.. _byName.Values];

    public IEnumerable<string> Services => _byService.Keys;

    public IEnumerable<string> Capabilities => _byCapability.Keys;

    public int ServiceCount => _byService.Count;

    public int CapabilityCount => _byCapability.Count;

    public int Count => _byName.Count;

    public Instance[] OfService(string service) => _byService.GetValueOrDefault(service, []);

    public Instance[] WithCapability(string capability) => _byCapability.GetValueOrDefault(capability, []);

    public Instance? Find(string service, string name)
    {
        var members = OfService(service);
        var (low, high) = (0, members.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(members[middle].Name, name);
            if (order == 0)
            {
                return members[middle];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    public Instance? Find(string fullName) => _byName.GetValueOrDefault(fullName);

    /// <summary>Builds one from all instances at once.</summary>
    public static RegistrySnapshot Of(IReadOnlyCollection<Instance> instances)
    {
        var ordered = instances.OrderBy(i => i.FullName, StringComparer.Ordinal).ToArray();
        var services = Group(ordered.Select(i => (i.Service, i)));
        var capabilities = Group(ordered.SelectMany(i => i.Capabilities.Select(c => (c.Name, i))));
        var names = ordered.ToImmutableSortedDictionary(i => i.FullName, i => i, StringComparer.Ordinal);
        return new(names, services, capabilities) { _all = ordered };
    }

    /// <summary>With an instance in its newest version.</summary>
    public RegistrySnapshot With(Instance instance)
    {
        var rest = _byName.TryGetValue(instance.FullName, out var before) ? before : null;
        var services = Put(_byService, instance.Service, instance);
        var capabilities = _byCapability;
        foreach (var gone in rest is null ? [] : rest.Capabilities.Where(c => !instance.Offers(c.Name)))
        {
            capabilities = Drop(capabilities, gone.Name, instance.FullName);
        }

        foreach (var offered in instance.Capabilities)
        {
            capabilities = Put(capabilities, offered.Name, instance);
        }

        return new(_byName.SetItem(instance.FullName, instance), services, capabilities);
    }

    /// <summary>Without an instance.</summary>
    public RegistrySnapshot Without(Instance instance)
    {
        var capabilities = instance.Capabilities.Aggregate(_byCapability, (index, c) => Drop(index, c.Name, instance.FullName));
        return new(_byName.Remove(instance.FullName), Drop(_byService, instance.Service, instance.FullName), capabilities);
    }

    private static ImmutableDictionary<string, Instance[]> Group(IEnumerable<(string Key, Instance Instance)> pairs) =>
        pairs.GroupBy(p => p.Key, p => p.Instance, StringComparer.Ordinal)
            .ToImmutableDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    private static ImmutableDictionary<string, Instance[]> Put(
        ImmutableDictionary<string, Instance[]> index, string key, Instance instance)
    {
        var old = index.GetValueOrDefault(key, []);
        var at = PlaceOf(old, instance.FullName);
        Instance[] members;
        if (at >= 0)
        {
            members = (Instance[])old.Clone();
            members[at] = instance;
        }
        else
        {
            members = new Instance[old.Length + 1];
            old.AsSpan(0, ~at).CopyTo(members);
            members[~at] = instance;
            old.AsSpan(~at).CopyTo(members.AsSpan(~at + 1));
        }

        return index.SetItem(key, members);
    }

    private static ImmutableDictionary<string, Instance[]> Drop(ImmutableDictionary<string, Instance[]> index, string key, string fullName)
    {
        var old = index.GetValueOrDefault(key, []);
        var at = PlaceOf(old, fullName);
        return at < 0 ? index
            : old.Length == 1 ? index.Remove(key)
            : index.SetItem(key, [.. old[..at], .. old[(at + 1)..]]);
    }

    private static int PlaceOf(Instance[] members, string fullName)
    {
        var (low, high) = (0, members.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(members[middle].FullName, fullName);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
