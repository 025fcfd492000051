using System.Buffers;
using CsCheck;
using Foundation.Azure.Tables;
using Xunit;

namespace Foundation.Conformance.Azure;

public sealed class KeyCodeTests
{
    private const string Special = " !\"#$%&'*+./>?[\\~a";
    private static readonly SearchValues<char> Refused = SearchValues.Create(" !/\\#?%&'+");
    private static readonly string[] Ends = ["", "\uffff", "\0", "\u001f", "\u007f", "é"];
    private static readonly Gen<char> Character = Gen.Select(
        Gen.Char[' ', '~'], Gen.Int[0, (Special.Length * 2) - 1], (c, i) => i < Special.Length ? Special[i] : c);

    private static readonly Gen<string> Texts = Gen.String[Character, 0, 12];

    [Fact]
    public void Codes_SortLikeTheirTexts() => Gen.Select(Texts, Texts).Sample((a, b) =>
        Assert.Equal(Math.Sign(string.CompareOrdinal(a, b)), Math.Sign(string.CompareOrdinal(KeyCode.Encode(a), KeyCode.Encode(b)))));

    [Fact]
    public void Codes_HoldNothingThatAzureRefusesAndNoSeparator() => Texts.Sample(text =>
    {
        var code = KeyCode.Encode(text);
        Assert.Equal(-1, code.AsSpan().IndexOfAny(Refused));
        Assert.Equal(-1, code.AsSpan().IndexOfAnyExceptInRange('"', '~'));
        Assert.Equal(text, KeyCode.Decode(code));
    });

    [Fact]
    public void Concatenation_KeepsPrefixes() => Gen.Select(Texts, Texts).Sample((a, b) =>
        Assert.Equal(KeyCode.Encode(a) + KeyCode.Encode(b), KeyCode.Encode(a + b)));

    [Fact]
    public void Bounds_DivideCodesAsTheyDivideTexts()
    {
        var bounds = Gen.Select(Texts, Gen.Int[0, Ends.Length - 1], (text, end) => text + Ends[end]);
        Gen.Select(Texts.Where(t => t.Length > 0), bounds).Sample((text, bound) =>
        {
            var (code, encoded) = ("r!t!" + KeyCode.Encode(text), KeyCode.EncodeBound("r!t!", bound));
            Assert.Equal(string.CompareOrdinal(text, bound) >= 0, string.CompareOrdinal(code, encoded) >= 0);
        });
    }

    [Theory]
    [InlineData("grün")]
    [InlineData("a\nb")]
    [InlineData("\u007f")]
    public void Encode_OfOtherCharacters_Throws(string text) => Assert.Throws<ArgumentException>(() => KeyCode.Encode(text));
}
