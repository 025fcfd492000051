using System.Text.Json;
using CsCheck;

namespace Foundation.Tests.Kernel;

/// <summary>Random JSON texts, with odd whitespace and numbers.</summary>
internal static class JsonGen
{
    private static readonly Gen<string> Space = Gen.OneOf<string>("", "", "", " ", "\n", "\t ");

    private static readonly Gen<string> Text = Gen.String[Gen.Char.AlphaNumeric, 0, 6].Select(text => JsonSerializer.Serialize(text));

    public static readonly Gen<string> Name = Gen.OneOf<string>("a", "b", "c", "d", "ü", "a/b", "~");

    private static readonly Gen<string> Leaf = Gen.OneOf(
        Gen.OneOf<string>("null", "true", "false", "1.10", "-0", "1E+2", "12345678901234567890.50", "\"\\u0041\"", "\"\\/\"", "\"${x}\""),
        Gen.Int.Select(value => value.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Text);

    public static readonly Gen<string> Value =
        Gen.Recursive<string>((depth, value) => depth > 3 ? Leaf : Gen.OneOf(Leaf, Array(value), Object(value)));

    /// <summary>Objects, without equal names.</summary>
    public static Gen<string> Object(Gen<string> value) =>
        Gen.Select(Name, Space, value, (name, space, item) => (name, text: $"{space}{JsonSerializer.Serialize(name)}{space}:{item}"))
            .Array[0, 4]
            .Select(members => "{" + string.Join(",", members.DistinctBy(member => member.name).Select(member => member.text)) + "}");

    private static Gen<string> Array(Gen<string> value) =>
        Gen.Select(value, Space, (item, space) => space + item + space).Array[0, 4].Select(items => "[" + string.Join(",", items) + "]");
}
