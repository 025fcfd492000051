using System.Text.RegularExpressions;

namespace Foundation.StandIns.Check;

/// <summary>
/// The API listing that the Azure SDK publishes with each package: one line per member, all names in full. It stands for an assembly
/// that cannot be had. Compared are names, types, parameters and what may be overridden; default values only as "optional".
/// </summary>
internal sealed partial class ApiListing
{
    private static readonly Dictionary<string, string> Keywords = new(StringComparer.Ordinal)
    {
        ["void"] = "System.Void", ["bool"] = "System.Boolean", ["byte"] = "System.Byte", ["int"] = "System.Int32",
        ["long"] = "System.Int64", ["string"] = "System.String", ["object"] = "System.Object", ["double"] = "System.Double",
    };

    private readonly Dictionary<string, Dictionary<string, string>> _types = new(StringComparer.Ordinal);

    public static ApiListing Parse(string text)
    {
        var listing = new ApiListing();
        string space = "";
        string type = "";
        foreach (string line in text.Split('\n').Select(line => line.Trim()))
        {
            if (NamespaceLine().Match(line) is { Success: true } named)
                space = named.Groups[1].Value;
            else if (TypeLine().Match(line) is { Success: true } declared)
                listing._types[type = $"{space}.{declared.Groups[2].Value}"] = [];
            else if (type.Length > 0)
                listing.Add(type, line);
        }

        return listing;
    }

    public Report Compare(string assembly, IEnumerable<Type> standIns)
    {
        var report = new Report(assembly);
        foreach (Type type in standIns)
        {
            string name = Signatures.Of(type);
            report.Checked();
            if (!_types.TryGetValue(name, out Dictionary<string, string>? members))
            {
                report.Fault(name, "is not in the listing");
                continue;
            }

            // An enum's value__ is the compiler's.
            foreach ((string signature, string modifiers) in StandInCheck.Members(type, inherited: false).Where(m => !type.IsEnum || m.Modifiers == "static"))
            {
                report.Checked();
                string expected = Loose(signature);
                if (!members.TryGetValue(expected, out string? found))
                    report.Fault(name, $"{expected} is not in the listing");
                else if (found != modifiers)
                    report.Fault(name, $"{expected} is {modifiers} here and {found} in the listing");
            }
        }

        return report;
    }

    private void Add(string type, string line)
    {
        if (EnumLine().Match(line) is { Success: true } constant)
            _types[type][$"const {type} {constant.Groups[1].Value} = …"] = "static";
        else if (MethodLine().Match(line) is { Success: true } method)
            _types[type][Method(type, method)] = Modifiers(method.Groups["modifiers"].Value);
        else if (PropertyLine().Match(line) is { Success: true } property)
        {
            string head = $"{Named(property.Groups["type"].Value)} {property.Groups["name"].Value}";
            foreach (string accessor in Accessor().Matches(property.Groups["accessors"].Value).Select(match => match.Groups[1].Value))
                _types[type][$"{head} {accessor}"] = Modifiers(property.Groups["modifiers"].Value);
        }
    }

    private static string Method(string type, Match method)
    {
        IEnumerable<string> parameters = Split(method.Groups["parameters"].Value).Select(Parameter);
        string name = method.Groups["name"].Value;
        string head = type.EndsWith("." + name, StringComparison.Ordinal) ? ".ctor" : $"{Named(method.Groups["type"].Value)} {name}";
        return $"{head}({string.Join(", ", parameters)})";
    }

    private static string Parameter(string text)
    {
        string[] parts = Attribute().Replace(text, "").Split(" = ");
        int last = parts[0].LastIndexOf(' ');
        return $"{Named(parts[0][..last])} {parts[0][(last + 1)..]}{(parts.Length > 1 ? " = …" : "")}";
    }

    private static string Named(string type)
    {
        type = type.Trim();
        if (type.EndsWith('?'))
            return $"System.Nullable<{Named(type[..^1])}>";
        if (type.EndsWith("[]", StringComparison.Ordinal))
            return Named(type[..^2]) + "[]";
        int open = type.IndexOf('<', StringComparison.Ordinal);
        return open < 0 ? Keywords.GetValueOrDefault(type, type) : $"{type[..open]}<{string.Join(", ", Split(type[(open + 1)..^1]).Select(Named))}>";
    }

    // At commas that are not inside a type's own arguments.
    private static IEnumerable<string> Split(string text)
    {
        int depth = 0;
        int start = 0;
        for (int at = 0; at < text.Length; at++)
        {
            depth += text[at] switch { '<' or '(' => 1, '>' or ')' => -1, _ => 0 };
            if (text[at] != ',' || depth != 0)
                continue;
            yield return text[start..at].Trim();
            start = at + 1;
        }

        if (text[start..].Trim() is { Length: > 0 } rest)
            yield return rest;
    }

    private static string Modifiers(string text) =>
        text.Contains("static ", StringComparison.Ordinal) ? "static"
        : text.Contains("abstract ", StringComparison.Ordinal) ? "abstract"
        : text.Contains("virtual ", StringComparison.Ordinal) || text.Contains("override ", StringComparison.Ordinal) ? "virtual" : "instance";

    private static string Loose(string signature) => Default().Replace(signature, " = …");

    [GeneratedRegex(@"^namespace ([\w.]+)")]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^(?:public|protected) (?:static |abstract |sealed |readonly |partial )*(class|struct|enum|interface) (\w+)")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^(\w+) = (-?\d+),$")]
    private static partial Regex EnumLine();

    [GeneratedRegex(@"^(?:public|protected) (?<modifiers>(?:internal |static |virtual |override |abstract |async )*)(?:(?<type>[\w.<>,\[\]? ]+) )?(?<name>\w+)\((?<parameters>.*?)\) ?(?:\{.*|;)$")]
    private static partial Regex MethodLine();

    [GeneratedRegex(@"^(?:public|protected) (?<modifiers>(?:internal |static |virtual |override |abstract )*)(?<type>[\w.<>,\[\]? ]+) (?<name>\w+) \{(?<accessors>.*)\}$")]
    private static partial Regex PropertyLine();

    [GeneratedRegex(@"\b(get|set|init) ?[{;]")]
    private static partial Regex Accessor();

    [GeneratedRegex(@"^\[[^\]]*\] ")]
    private static partial Regex Attribute();

    [GeneratedRegex(@" = [^,)]+")]
    private static partial Regex Default();
}
