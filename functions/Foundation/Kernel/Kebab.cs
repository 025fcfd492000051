using System.Collections.Frozen;
using System.Text.Json;

namespace Foundation.Kernel;

/// <summary>Names of enum members on the wire: kebab-case, as <c>dead-lettered</c>. Reading one allocates nothing.</summary>
public static class Kebab
{
    /// <summary>The name of a value. Throws for a number that has no name.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => Table<T>.NameOf.TryGetValue(value, out var name)
            ? name
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{typeof(T).Name} has no such member.");

    /// <summary>All names, in the order of the values.</summary>
    public static IReadOnlyList<string> Names<T>()
        where T : struct, Enum => Table<T>.All;

    /// <summary>All names of an enum known at run time only.</summary>
    public static IReadOnlyList<string> Names(Type type) => [.. Enum.GetNames(type).Select(Convert)];

    /// <summary>The value of a name; false when there is none. Case matters.</summary>
    public static bool TryParse<T>(ReadOnlySpan<char> name, out T value)
        where T : struct, Enum => Table<T>.ValueOf.TryGetValue(name, out value);

    internal static string Convert(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    private static class Table<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> NameOf =
            Enum.GetValues<T>().Distinct().ToFrozenDictionary(value => value, value => Convert(Enum.GetName(value)!));

        public static readonly IReadOnlyList<string> All = [.. Enum.GetValues<T>().Distinct().Select(value => NameOf[value])];

        public static readonly FrozenDictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> ValueOf =
            NameOf.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal)
                .GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
