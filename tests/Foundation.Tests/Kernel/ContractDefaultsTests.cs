using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Foundation.Kernel;
using Xunit;

namespace Foundation.Tests.Kernel;

public sealed class ContractDefaultsTests
{
    // Stored states and answers, which Foundation itself writes whole: no reader meets them without the member. A member added to
    // a stored state later is not of this kind: older rows do not have it.
    private static readonly string[] AlwaysWritten =
    [
        "AgentTask.History", "ApiKey.Roles", "ApiKey.Scopes", "ApiKey.Services", "Candidate.Reasons", "InstanceResource.Capabilities",
        "InstanceResource.Labels", "InstanceResource.Tags", "InstanceSpec.Capabilities", "InstanceSpec.Labels",
        "InstanceSpec.MaxConcurrency", "InstanceSpec.Tags", "InstanceSpec.Weight", "InstanceState.History", "MemberHealth.Sources",
        "RegistryResource.Name", "ServiceHealth.Instances",
    ];

    /// <summary>
    /// Source-generated JSON sets every <c>init</c> member, also those that the body does not have: an initialiser is lost without a
    /// word. A contract member with a default has a <c>set</c>, or is a constructor parameter with a default value.
    /// </summary>
    [Fact]
    public void InitialisersOfContracts_SurviveReading()
    {
        var contexts = typeof(RawJson).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(JsonSerializerContext)));
        var lost = contexts.SelectMany(LostIn).Distinct().Except(AlwaysWritten).Order().ToArray();
        Assert.True(lost.Length == 0, $"Give these a set, or list them as always written: {string.Join(", ", lost)}");
    }

    [Fact]
    public void TheCheck_SeesALostInitialiser() => Assert.Equal(["Faulty.Lost"], LostIn(typeof(FaultyJson)));

    private static IEnumerable<string> LostIn(Type context)
    {
        var instance = (JsonSerializerContext)context.GetProperty("Default", BindingFlags.Static | BindingFlags.Public)!.GetValue(null)!;
        return context.GetProperties().Where(property => property.PropertyType.IsSubclassOf(typeof(JsonTypeInfo)))
            .Select(property => (JsonTypeInfo)property.GetValue(instance)!).SelectMany(Lost).Distinct().Order();
    }

    private static IEnumerable<string> Lost(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.IsAbstract || type.Type.GetConstructor([]) is null) yield break;
        var fresh = Activator.CreateInstance(type.Type)!;
        foreach (var member in type.Properties)
        {
            if (member is not { IsRequired: false, AssociatedParameter.IsMemberInitializer: true, Get: { } get }) continue;
            var absent = member.PropertyType.IsValueType ? Activator.CreateInstance(member.PropertyType) : null;
            if (!Equals(get(fresh), absent)) yield return $"{type.Type.Name}.{((MemberInfo)member.AttributeProvider!).Name}";
        }
    }
}

internal sealed class Faulty
{
    public required string Needed { get; init; }

    public int Lost { get; init; } = 4;

    public int Kept { get; set; } = 4;

    public int Plain { get; init; }
}

[JsonSerializable(typeof(Faulty))]
internal sealed partial class FaultyJson : JsonSerializerContext;
