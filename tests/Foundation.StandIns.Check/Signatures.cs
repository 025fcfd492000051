using System.Globalization;
using System.Reflection;
using System.Text;

namespace Foundation.StandIns.Check;

/// <summary>
/// Renders types and members as text, so that two load contexts, or an assembly and a published listing, can be compared.
/// Nullability annotations are left out: they only warn, and Azure.Messaging.ServiceBus has none.
/// </summary>
internal static class Signatures
{
    public static string Of(Type type)
    {
        if (type.IsByRef)
            return "ref " + Of(type.GetElementType()!);
        if (type.IsArray)
            return Of(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter)
            return type.Name;
        if (!type.IsGenericType)
            return type.FullName!.Replace('+', '.');
        string definition = type.GetGenericTypeDefinition().FullName!.Replace('+', '.');
        int tick = definition.IndexOf('`', StringComparison.Ordinal);
        string name = tick < 0 ? definition : definition[..tick];
        return $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
    }

    /// <summary>A method or constructor without its modifiers: what a caller binds to.</summary>
    public static string Of(MethodBase method)
    {
        var text = new StringBuilder();
        text.Append(method is MethodInfo info ? $"{Of(info.ReturnType)} {info.Name}" : ".ctor");
        if (method.IsGenericMethod)
            text.Append(CultureInfo.InvariantCulture, $"<{string.Join(", ", method.GetGenericArguments().Select(Generic))}>");
        return text.Append('(').AppendJoin(", ", method.GetParameters().Select(Of)).Append(')').ToString();
    }

    public static string Of(ParameterInfo parameter)
    {
        string kind = parameter.IsOut ? "out " : parameter.IsIn ? "in " : Has(parameter, "System.ParamArrayAttribute") ? "params " : "";
        string optional = parameter.HasDefaultValue ? $" = {Constant(parameter.RawDefaultValue)}" : "";
        return $"{kind}{Of(parameter.ParameterType)} {parameter.Name}{optional}";
    }

    /// <summary>A property with those accessors that a caller outside the assembly may use.</summary>
    public static IEnumerable<string> Of(PropertyInfo property)
    {
        string index = string.Join(", ", property.GetIndexParameters().Select(Of));
        string head = $"{Of(property.PropertyType)} {property.Name}{(index.Length == 0 ? "" : $"[{index}]")}";
        if (property.GetMethod is { } get && Visible(get))
            yield return $"{head} get";
        if (property.SetMethod is { } set && Visible(set))
            yield return $"{head} {(IsInit(set) ? "init" : "set")}";
    }

    public static string Of(FieldInfo field) =>
        field.IsLiteral ? $"const {Of(field.FieldType)} {field.Name} = {Constant(field.GetRawConstantValue())}" : $"{Of(field.FieldType)} {field.Name}";

    /// <summary>What may be done with a member besides calling it: static, or overridden by a test's fake.</summary>
    public static string Modifiers(MethodBase method) =>
        method.IsStatic ? "static" : method.IsAbstract ? "abstract" : method.IsVirtual && !method.IsFinal ? "virtual" : "instance";

    public static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Generic(Type parameter)
    {
        IEnumerable<string> constraints = parameter.GetGenericParameterConstraints().Select(Of);
        GenericParameterAttributes special = parameter.GenericParameterAttributes & GenericParameterAttributes.SpecialConstraintMask;
        string all = string.Join(" & ", special == 0 ? constraints : constraints.Append(special.ToString()));
        return all.Length == 0 ? parameter.Name : $"{parameter.Name} : {all}";
    }

    private static bool IsInit(MethodInfo set) =>
        set.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "IsExternalInit");

    private static bool Has(ParameterInfo parameter, string attribute) =>
        parameter.CustomAttributes.Any(data => data.AttributeType.FullName == attribute);

    // A default of a value type and a null are both "null" in metadata, and both are written `default` at the call.
    private static string Constant(object? value) => value is null or Missing ? "default"
        : value is string text ? $"\"{text}\""
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
