using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace Foundation.Api;

/// <summary>The metadata that schemas are made from. Nothing is ever read or written by it.</summary>
internal static class ContractResolver
{
    public static IJsonTypeInfoResolver Create()
    {
        var resolver = new DefaultJsonTypeInfoResolver();
        resolver.Modifiers.Add(ForgetConstructor);
        return resolver;
    }

    // The schema exporter writes the default of each constructor parameter by its type, and one `RawJson data = default` (null to
    // reflection, which no struct can be written from) fails the whole document. Without a constructor it looks at properties
    // only; which are required is told here, defaults are added by SchemaTransformer.
    private static void ForgetConstructor(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.IsAbstract || type.Type.IsValueType) return;
        var parameters = type.Type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)?.GetParameters() ?? [];
        if (parameters.Length == 0) return;
        type.CreateObject = () => RuntimeHelpers.GetUninitializedObject(type.Type);
        foreach (var property in type.Properties)
        {
            if (property.AttributeProvider is not MemberInfo member) continue;
            var parameter = Array.Find(parameters, p => string.Equals(p.Name, member.Name, StringComparison.OrdinalIgnoreCase));
            property.IsRequired = parameter is { HasDefaultValue: false } || property.IsRequired;
        }
    }
}
