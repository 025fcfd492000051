using System.Text.RegularExpressions;

namespace Foundation.Infrastructure.Tests;

/// <summary>What the sources of the Functions app say in attributes, constants worked out.</summary>
internal static partial class AppSources
{
    /// <summary>The first argument of every use of an attribute: a text, <c>nameof(X)</c>, or a constant.</summary>
    public static IReadOnlyList<string> ArgumentsOf(string attribute)
    {
        var sources = string.Join(
            '\n', Repository.Sources("functions/Foundation.Functions").Concat(Repository.Sources("functions/Foundation.Azure")));
        var constants = TextConstant().Matches(sources).DistinctBy(match => match.Groups["name"].Value)
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.Ordinal);
        return
        [
            .. Regex.Matches(sources, $@"[\[,\s]{attribute}\(\s*(?:""(?<text>[^""]+)""|nameof\((?<text>\w+)\)|(?<constant>[A-Z][\w.]*))")
                .Select(match => match.Groups["text"].Success ? match.Groups["text"].Value : Value(match.Groups["constant"].Value))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];

        string Value(string constant) => constants.TryGetValue(constant.Split('.')[^1], out var value)
            ? value
            : throw new InvalidOperationException($"{attribute} names {constant}, which is no text constant of the app's sources.");
    }

    [GeneratedRegex(@"const\s+string\s+(?<name>\w+)\s*=\s*""(?<value>[^""]*)""")]
    private static partial Regex TextConstant();
}
