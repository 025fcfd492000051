using System.Reflection;

namespace Foundation.StandIns.Check;

/// <summary>The assemblies that have a stand-in, as the build wrote them down: one per project under tests/stand-ins.</summary>
internal static class StandInNames
{
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(StandInNames).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Where(a => a.Value == "stand-in").Select(a => a.Key).Order(StringComparer.Ordinal)];
}
