using System.Net;
using Foundation.Tests.Hosting;
using Xunit;

namespace Foundation.Tests.Api;

public sealed class ProblemTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync(f => f.AddRoom<SampleRoom>());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Problem_HasEveryMemberOfTheContract()
    {
        var answer = await _host.Client.PostAsync("/api/samples", """{"name":"refused","size":1}""", ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal(
            """
            {"type":"/errors#samples.refused","title":"The sample refuses.","status":409,"detail":"No.","hint":"Take another sample.",
            "code":"samples.refused","severity":"low","category":"data","retry":{"allowed":true,"after":"1.5s"},
            "traceId":"0af7651916cd43dd8448eb211c80319c","holder":"b"}
            """.ReplaceLineEndings(""),
            answer.Text);
        Assert.Equal("2", answer.Headers.GetValues("Retry-After").Single());
    }

    [Theory]
    [InlineData("store", "api.store-unavailable", 503, 1901)]
    [InlineData("bad", "api.headers-too-large", 431, 0)]
    [InlineData("cancelled", "api.timeout", 504, 1900)]
    [InlineData("bug", "api.internal", 500, 1900)]
    public async Task Exception_BecomesOneProblemAndOneLog(string failure, string code, int status, int eventId)
    {
        var answer = await _host.Client.ReadAsync($"/api/samples/a/{failure}/fail");
        Assert.Equal((code, status), (answer.Code, (int)answer.Status));
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        Assert.Equal(eventId == 0 ? [] : [eventId], _host.Logs.Entries.Select(e => e.Id.Id));
        if (eventId != 0) Assert.Contains(answer.Json.GetProperty("traceId").GetString()!, _host.Logs.Entries[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exception_AfterTheAnswerBegan_ClosesTheConnection()
    {
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _host.Client.ReadAsync("/api/samples/a/late/fail"));
        Assert.Equal([1902], _host.Logs.Entries.Select(e => e.Id.Id));
    }

    [Fact]
    public async Task Routing_WhenNothingIsThere_Is404()
    {
        var answer = await _host.Client.ReadAsync("/api/nothing");
        Assert.Equal(("api.not-found", 404, "application/problem+json"), (answer.Code, (int)answer.Status, answer.MediaType));
    }

    [Fact]
    public async Task Routing_WhenTheMethodIsNotThere_Is405WithAllow()
    {
        var answer = await _host.Client.SendAsync(HttpMethod.Delete, "/api/samples/a");
        Assert.Equal(("api.method-not-allowed", 405), (answer.Code, (int)answer.Status));
        Assert.Equal(["GET", "PUT"], answer.ContentHeaders.Allow.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Trace_IsAnsweredInTheHeader()
    {
        var answer = await _host.Client.ReadAsync("/api/samples", ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", answer.Headers.GetValues("traceparent").Single(), StringComparison.Ordinal);
    }
}
