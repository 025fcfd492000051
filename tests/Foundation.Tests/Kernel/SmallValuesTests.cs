using CsCheck;
using Foundation.Kernel;
using Xunit;

namespace Foundation.Tests.Kernel;

public sealed class SmallValuesTests
{
    [Theory]
    [InlineData("10%", 0.1)]
    [InlineData("0%", 0)]
    [InlineData("100%", 1)]
    [InlineData("2.5%", 0.025)]
    public void Shares_ParseAndFormat(string text, double share)
    {
        Assert.True(Shares.TryParse(text, out var parsed));
        Assert.Equal(share, parsed);
        Assert.Equal(text, Shares.Format(share));
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("10")]
    [InlineData("101%")]
    [InlineData("-1%")]
    [InlineData("+1%")]
    [InlineData("1 %")]
    [InlineData(".5%")]
    [InlineData("5.%")]
    [InlineData("1e1%")]
    [InlineData("0.12345678%")]
    public void Shares_RefuseAnythingElse(string text) => Assert.False(Shares.TryParse(text, out _));

    [Theory]
    [InlineData("0B", 0)]
    [InlineData("512B", 512)]
    [InlineData("64KiB", 65536)]
    [InlineData("1MiB", 1048576)]
    [InlineData("2GiB", 2147483648)]
    public void Sizes_ParseAndFormat(string text, long bytes)
    {
        Assert.True(Sizes.TryParse(text, out var parsed));
        Assert.Equal(bytes, parsed);
        Assert.Equal(text, Sizes.Format(bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("64")]
    [InlineData("64KB")]
    [InlineData("64kib")]
    [InlineData("1.5MiB")]
    [InlineData("-1B")]
    [InlineData("9999999999999999TiB")]
    [InlineData("99999999999999999999B")]
    public void Sizes_RefuseAnythingElse(string text) => Assert.False(Sizes.TryParse(text, out _));

    [Fact]
    public void Sizes_RoundTrip() =>
        Gen.Long[0, long.MaxValue].Sample(bytes => Sizes.TryParse(Sizes.Format(bytes), out var parsed) && parsed == bytes);

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00.250z", "2026-01-31T12:00:00.25Z")]
    [InlineData("2026-01-31t12:00:00+02:00", "2026-01-31T10:00:00Z")]
    public void Instants_ComeOutInUtc(string text, string utc)
    {
        Assert.True(Instants.TryParse(text, out var instant));
        Assert.Equal(utc, Instants.Format(instant));
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-01-31")]
    [InlineData("2026-02-30T12:00:00Z")]
    [InlineData("31.01.2026 12:00:00Z")]
    [InlineData("")]
    [InlineData("tomorrow at noon, please")]
    public void Instants_WithoutOffsetOrWrong_AreRefused(string text) => Assert.False(Instants.TryParse(text, out _));

    [Fact]
    public void Instants_RoundTrip() => Gen.DateTimeOffset.Sample(instant =>
        Instants.TryParse(Instants.Format(instant), out var parsed) && parsed == instant && parsed.Offset == TimeSpan.Zero);

    [Theory]
    [InlineData("", "a~b/c", "/a~0b~1c")]
    [InlineData("/x", "", "/x/")]
    [InlineData("/x", "~1", "/x/~01")]
    public void JsonPointers_EscapeAndComeBack(string start, string member, string expected)
    {
        var path = JsonPointers.Append(start, member);
        Assert.Equal(expected, path);
        Assert.Equal(member, JsonPointers.Split(path)[^1]);
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("abc", "", 3)]
    public void EditDistance_OfTwoWords(string from, string to, int distance)
    {
        Assert.Equal(distance, EditDistance.Between(from, to));
        Assert.Equal(distance, EditDistance.Between(to, from));
    }

    [Theory]
    [InlineData("dely", "delay")]
    [InlineData("MaxConcurrency", "maxConcurrency")]
    [InlineData("max-concurrency", "maxConcurrency")]
    [InlineData("queus", "queue")]
    [InlineData("banana", null)]
    [InlineData("", null)]
    public void DidYouMean_FindsTheNear(string word, string? expected) =>
        Assert.Equal(expected, DidYouMean.Find(word, ["delay", "maxConcurrency", "queue", "retry"]));

    [Fact]
    public void Clip_CutsAndCleans()
    {
        Assert.Equal("abc", Texts.Clip("abc"));
        Assert.Equal("a b", Texts.Clip("a\nb"));
        Assert.Equal("ab…", Texts.Clip("abcd", 2));
        Assert.Equal("a…", Texts.Clip("a😀b", 2));
    }

    [Fact]
    public void ApiErrors_AreUniqueAndComplete()
    {
        var fields = typeof(ApiErrors).GetFields().Select(field => (ErrorCode)field.GetValue(null)!).ToArray();
        Assert.Equal(fields.Length, ApiErrors.All.Count);
        Assert.Equal(fields.ToHashSet(), ApiErrors.All.ToHashSet());
        Assert.Equal(fields.Length, fields.Select(error => error.Code).Distinct().Count());
        Assert.All(fields, error => Assert.Matches("^api\\.[a-z]+(-[a-z]+)*$", error.Code));
        Assert.All(fields, error => Assert.False(string.IsNullOrWhiteSpace(error.Title) || string.IsNullOrWhiteSpace(error.Hint)));
    }
}
