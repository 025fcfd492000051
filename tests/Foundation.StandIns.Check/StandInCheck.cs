using System.Reflection;

namespace Foundation.StandIns.Check;

/// <summary>Every public type and member of a stand-in must exist in the real assembly of the same name, with the same signature.</summary>
internal static class StandInCheck
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public static Report Compare(Assembly standIn, Assembly real)
    {
        var report = new Report(standIn.GetName().Name!);
        foreach (Type type in standIn.GetExportedTypes())
        {
            // GetType follows type forwards: what matters is that a reference to this assembly finds the type.
            if (real.GetType(type.FullName!) is { } counterpart)
                Compare(type, counterpart, report);
            else
                report.Fault(Signatures.Of(type), "is not in the real assembly");
        }

        return report;
    }

    /// <summary>The members of a type that code outside its assembly can use, as text.</summary>
    public static IEnumerable<(string Signature, string Modifiers)> Members(Type type, bool inherited)
    {
        BindingFlags flags = inherited ? All : Declared;
        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(Signatures.Visible).Where(c => !c.IsStatic))
            yield return (Signatures.Of(constructor), "instance");
        foreach (MethodInfo method in type.GetMethods(flags).Where(Signatures.Visible).Where(m => !IsAccessor(m)))
            yield return (Signatures.Of(method), Signatures.Modifiers(method));
        foreach (PropertyInfo property in type.GetProperties(flags))
        {
            foreach (string signature in Signatures.Of(property))
                yield return (signature, Signatures.Modifiers((property.GetMethod ?? property.SetMethod)!));
        }

        foreach (FieldInfo field in type.GetFields(flags).Where(f => (f.IsPublic || f.IsFamily) && !f.IsSpecialName))
            yield return (Signatures.Of(field), field.IsStatic ? "static" : "instance");
    }

    public static void Compare(Type standIn, Type real, Report report)
    {
        string name = Signatures.Of(standIn);
        report.Checked();
        CompareShape(standIn, real, name, report);

        ILookup<string, string> actual = Members(real, inherited: true).ToLookup(member => member.Signature, member => member.Modifiers);
        foreach ((string signature, string modifiers) in Members(standIn, inherited: false))
        {
            report.Checked();
            if (!actual.Contains(signature))
                report.Fault(name, $"{signature} does not exist{Nearest(actual.Select(group => group.Key), signature)}");
            else if (!actual[signature].Contains(modifiers))
                report.Fault(name, $"{signature} is {modifiers} here and {actual[signature].First()} there");
        }

        // A fake that overrides all that is abstract here must compile there too.
        if (!standIn.IsAbstract || standIn.IsSealed || standIn.IsInterface || !standIn.GetConstructors(Declared).Any(Signatures.Visible))
            return;
        HashSet<string> known = [.. Members(standIn, inherited: true).Select(member => member.Signature)];
        foreach (IGrouping<string, string> member in actual.Where(m => m.Contains("abstract") && !known.Contains(m.Key)))
            report.Fault(name, $"lacks the abstract {member.Key}");
    }

    private static void CompareShape(Type standIn, Type real, string name, Report report)
    {
        if (Kind(standIn) != Kind(real))
            report.Fault(name, $"is a {Kind(standIn)} here and a {Kind(real)} there");
        if (!standIn.IsSealed && real.IsSealed)
            report.Fault(name, "can be derived from here and is sealed there");
        if (standIn.IsAbstract != real.IsAbstract)
            report.Fault(name, "is abstract on one side only");
        if (Usage(standIn) != Usage(real))
            report.Fault(name, $"may be applied to {Usage(standIn)} here and to {Usage(real)} there");

        HashSet<string> above = [.. Bases(real).Select(Signatures.Of), .. real.GetInterfaces().Select(Signatures.Of)];
        IEnumerable<Type> claimed = standIn.GetInterfaces().AsEnumerable();
        if (standIn.BaseType is { } parent)
            claimed = claimed.Append(parent);
        foreach (string claim in claimed.Select(Signatures.Of).Where(claim => !above.Contains(claim)))
            report.Fault(name, $"is a {claim} here and not there");
    }

    private static IEnumerable<Type> Bases(Type type)
    {
        for (Type? at = type.BaseType; at is not null; at = at.BaseType)
            yield return at;
    }

    private static string Kind(Type type) =>
        type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : "class";

    private static int? Usage(Type type)
    {
        for (Type? at = type; at is not null; at = at.BaseType)
        {
            CustomAttributeData? usage = at.CustomAttributes.FirstOrDefault(a => a.AttributeType.FullName == "System.AttributeUsageAttribute");
            if (usage is not null)
                return (int)usage.ConstructorArguments[0].Value!;
        }

        return null;
    }

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && (method.Name.StartsWith("get_", StringComparison.Ordinal) || method.Name.StartsWith("set_", StringComparison.Ordinal));

    private static string Nearest(IEnumerable<string> candidates, string signature)
    {
        string head = signature.Split('(')[0].Split(' ')[^1];
        string[] near = [.. candidates.Where(c => c.Contains(head, StringComparison.Ordinal)).Take(4)];
        return near.Length == 0 ? "" : "; there is: " + string.Join(" | ", near);
    }
}
