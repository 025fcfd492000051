using System.Buffers;
using System.Text;
using System.Text.Json;
using Foundation.Kernel;
using Xunit;

namespace Foundation.Tests.Kernel;

public sealed class StrictJsonTests
{
    [Fact]
    public void Read_OfAGoodBody_GivesTheValue()
    {
        var outcome = Read("""
            { "name": "n", "count": 3, "shade": "light-blue", "delay": "1.5s", "runAt": "2026-01-31T12:00:00+01:00",
              "tags": ["a"],
              "sizes": { "x": 1 }, "address": { "street": "s", "number": 1 }, "data": { "deep": [1.10, null] },
              "share": "10%", "part": "5%" }
            """);
        Assert.Null(outcome.Problem);
        var order = outcome.Value;
        Assert.Equal(Shade.LightBlue, order.Shade);
        Assert.Equal(TimeSpan.FromSeconds(1.5), order.Delay);
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 11, 0, 0, TimeSpan.Zero), order.RunAt);
        Assert.Equal("""{ "deep": [1.10, null] }""", order.Data.ToString());
        Assert.Equal((0.1, 0.05), (order.Share, order.Part));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"name":"n",}""")]
    [InlineData("""{"name":"n"} x""")]
    [InlineData("""{"name":"\ud800"}""")]
    [InlineData("not json")]
    public void Read_OfNoJson_Is400(string body)
    {
        var problem = Read(body).Problem!;
        Assert.Equal(ApiErrors.InvalidJson, problem.Error);
        Assert.Equal("api.invalid-json", Assert.Single(problem.Faults).Code);
    }

    [Fact]
    public void Read_OfNoJson_NamesLineAndByte() =>
        Assert.Contains("Line 2, byte 3: 'x'", Read("{\n  x").Problem!.Detail, StringComparison.Ordinal);

    [Fact]
    public void Read_OfTooDeepBody_Is400()
    {
        var body = "{\"name\":\"n\",\"data\":" + new string('[', 70) + new string(']', 70) + "}";
        Assert.Equal(ApiErrors.InvalidJson, Read(body).Problem!.Error);
    }

    [Theory]
    [InlineData("""{"name":"n","cuont":1}""", "/cuont", "api.unknown-member", "Did you mean 'count'?")]
    [InlineData("""{"name":"n","Count":1}""", "/Count", "api.unknown-member", "Did you mean 'count'?")]
    [InlineData("""{"name":"n","name":"m"}""", "/name", "api.duplicate-member", null)]
    [InlineData("""{"name":"n","data":1,"data":2}""", "/data", "api.duplicate-member", null)]
    [InlineData("""{"count":1}""", "/name", "api.missing-member", null)]
    [InlineData("""{"name":null}""", "/name", "api.invalid-type", "Leave the member out instead.")]
    [InlineData("""{"name":5}""", "/name", "api.invalid-type", null)]
    [InlineData("""{"name":"n","count":"5"}""", "/count", "api.invalid-type", null)]
    [InlineData("""{"name":"n","count":null}""", "/count", "api.invalid-type", null)]
    [InlineData("""{"name":"n","count":1.5}""", "/count", "api.invalid-value", null)]
    [InlineData("""{"name":"n","count":99999999999}""", "/count", "api.invalid-value", null)]
    [InlineData("""{"name":"n","urgent":"true"}""", "/urgent", "api.invalid-type", null)]
    [InlineData("""{"name":"n","shade":"lightblue"}""", "/shade", "api.invalid-value", "Did you mean 'light-blue'?")]
    [InlineData("""{"name":"n","shade":1}""", "/shade", "api.invalid-type", null)]
    [InlineData("""{"name":"n","delay":"5 minutes"}""", "/delay", "api.invalid-value", null)]
    [InlineData("""{"name":"n","delay":"-5s"}""", "/delay", "api.invalid-value", null)]
    [InlineData("""{"name":"n","delay":5}""", "/delay", "api.invalid-type", null)]
    [InlineData("""{"name":"n","runAt":"2026-01-31T12:00:00"}""", "/runAt", "api.invalid-value", null)]
    [InlineData("""{"name":"n","tags":"a"}""", "/tags", "api.invalid-type", null)]
    [InlineData("""{"name":"n","tags":["a",1]}""", "/tags/1", "api.invalid-type", null)]
    [InlineData("""{"name":"n","tags":["a",null]}""", "/tags/1", "api.invalid-type", null)]
    [InlineData("""{"name":"n","sizes":{"a/b":"x"}}""", "/sizes/a~1b", "api.invalid-type", null)]
    [InlineData("""{"name":"n","sizes":{"a":1,"a":2}}""", "/sizes/a", "api.duplicate-member", null)]
    [InlineData("""{"name":"n","address":{"street":"s"}}""", "/address/number", "api.missing-member", null)]
    [InlineData("""{"name":"n","address":{"street":"s","number":1,"map":"http://["}}""", "/address/map", "api.invalid-value", null)]
    [InlineData("""{"name":"n","address":[]}""", "/address", "api.invalid-type", null)]
    [InlineData("""{"name":"n","stops":[{"street":"s","number":1,"zip":2}]}""", "/stops/0/zip", "api.unknown-member", null)]
    [InlineData("""{"name":"n","share":"110%"}""", "/share", "api.invalid-value", null)]
    [InlineData("""{"name":"n","share":0.1}""", "/share", "api.invalid-type", null)]
    [InlineData("""{"name":"n","part":"x"}""", "/part", "api.invalid-value", null)]
    [InlineData("""{"name":"n","byShade":{"pink":1}}""", "/byShade/pink", "api.invalid-value", null)]
    [InlineData("[]", "", "api.invalid-type", null)]
    [InlineData("null", "", "api.invalid-type", null)]
    [InlineData("5", "", "api.invalid-type", null)]
    public void Read_OfOneFault_NamesPlaceAndCode(string body, string path, string code, string? hint)
    {
        var problem = Read(body).Problem;
        Assert.NotNull(problem);
        Assert.Equal(ApiErrors.Invalid, problem.Error);
        var fault = Assert.Single(problem.Faults);
        Assert.Equal((path, code, hint), (fault.Path, fault.Code, fault.Hint));
        Assert.DoesNotContain("System.", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Foundation.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfManyFaults_ListsAllInOrder()
    {
        const string body = """{"count":"x","dely":"1s","delay":"soon","tags":[1,2],"shade":"pink","address":{"number":"7"}}""";
        var faults = Read(body).Problem!.Faults;
        Assert.Equal(
            [
                "/count api.invalid-type", "/dely api.unknown-member", "/delay api.invalid-value", "/tags/0 api.invalid-type",
                "/tags/1 api.invalid-type", "/shade api.invalid-value", "/address/number api.invalid-type",
                "/address/street api.missing-member", "/name api.missing-member",
            ],
            faults.Select(fault => $"{fault.Path} {fault.Code}"));
        Assert.Equal("'pink' is not one of light-blue, dark-red, black.", faults[5].Message);
        Assert.Equal($"'soon' is not {Durations.Expected}.", faults[2].Message);
    }

    [Fact]
    public void Read_OfEndlessFaults_StopsAtTheBound()
    {
        var body = "{\"name\":\"n\",\"tags\":[" + string.Join(",", Enumerable.Repeat("1", 500)) + "]}";
        Assert.Equal(StrictJson.FaultsMax, Read(body).Problem!.Faults.Count);
    }

    [Theory]
    [InlineData("""{"shapes":[{"kind":"circle","radius":1}]}""", null)]
    [InlineData("""{"shapes":[{"kind":"circel","radius":1}]}""", "/shapes/0/kind api.invalid-value Did you mean 'circle'?")]
    [InlineData("""{"shapes":[{"kind":"circle","side":1}]}""", "/shapes/0/side api.unknown-member , /shapes/0/radius api.missing-member ")]
    public void Read_OfOneOfSeveralForms_FollowsTheNamedOne(string body, string? expected)
    {
        var problem = StrictJson.Read(Encoding.UTF8.GetBytes(body), KernelTestJson.Default.Drawing).Problem;
        var faults = problem?.Faults.Select(fault => $"{fault.Path} {fault.Code} {fault.Hint}");
        Assert.Equal(expected, faults is null ? null : string.Join(", ", faults));
    }

    [Fact]
    public void Read_OfABodyInPieces_IsTheSame()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"name":"n","count":7}""");
        var first = new Piece(bytes.AsMemory(0, 5), 0);
        var last = first.Append(bytes.AsMemory(5));
        var outcome = StrictJson.Read(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length), KernelTestJson.Default.Order);
        Assert.Equal(7, outcome.Value.Count);
    }

    [Theory]
    [InlineData("$", "")]
    [InlineData("$.a.b", "/a/b")]
    [InlineData("$.a[0].b", "/a/0/b")]
    [InlineData("$['a.b'][12]", "/a.b/12")]
    public void ToPointer_OfASerializersPath(string path, string expected) => Assert.Equal(expected, StrictJsonWalk.ToPointer(path));

    [Fact]
    public void Kebab_NamesAndValues()
    {
        Assert.Equal(["light-blue", "dark-red", "black"], Kebab.Names<Shade>());
        Assert.True(Kebab.TryParse<Shade>("dark-red", out var shade));
        Assert.Equal(Shade.DarkRed, shade);
        Assert.False(Kebab.TryParse<Shade>("DarkRed", out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => Kebab.Name((Shade)99));
        Assert.Same(Kebab.Name(Shade.Black), Kebab.Name(Shade.Black));
        Assert.Equal("{\"name\":\"n\",\"count\":1,\"byShade\":{\"dark-red\":2}}", JsonSerializer.Serialize(
            new Order("n", ByShade: new Dictionary<Shade, int> { [Shade.DarkRed] = 2 }), KernelTestJson.Default.Order));
    }

    private static Outcome<Order> Read(string body) => StrictJson.Read(Encoding.UTF8.GetBytes(body), KernelTestJson.Default.Order);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
