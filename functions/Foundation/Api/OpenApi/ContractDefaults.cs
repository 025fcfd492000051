using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Foundation.Api;

/// <summary>What a contract's member is when the caller leaves it out.</summary>
internal static class ContractDefaults
{
    private static readonly ConcurrentDictionary<Type, object?> Samples = new();

    /// <summary>The default, or null where the member is required or simply absent.</summary>
    public static object? Find(Type owner, PropertyInfo property)
    {
        // Reflection makes objects without what they require.
        if (property.IsDefined(typeof(RequiredMemberAttribute))) return null;
        var value = OfParameter(owner, property) ?? OfInitialiser(owner, property);
        var nothing = property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null;

        // An enum's first member and false are defaults worth saying; 0 and empty lists of optional members are only absence.
        return value is null or ICollection { Count: 0 } || (Equals(value, nothing) && !property.PropertyType.IsEnum && value is not bool) ? null : value;
    }

    private static object? OfParameter(Type owner, PropertyInfo property)
    {
        foreach (var constructor in owner.GetConstructors())
        {
            foreach (var parameter in constructor.GetParameters())
            {
                if (parameter.HasDefaultValue && string.Equals(parameter.Name, property.Name, StringComparison.OrdinalIgnoreCase)) return parameter.DefaultValue;
            }
        }

        return null;
    }

    private static object? OfInitialiser(Type owner, PropertyInfo property) =>
        Samples.GetOrAdd(owner, Sample) is { } sample && property.CanRead ? property.GetValue(sample) : null;

    // A contract with required members has no sample: what it demands has no default either way.
    private static object? Sample(Type owner) =>
        owner is { IsAbstract: false, IsGenericTypeDefinition: false } && owner.GetConstructor(Type.EmptyTypes) is { } constructor
            ? constructor.Invoke(null)
            : null;
}
