using System.Net;
using System.Text.Json;
using Foundation.Configuration;
using Foundation.Retry;
using Foundation.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Foundation.Tests.Configuration;

public sealed class ConfigurationEndpointsTests
{
    [Fact]
    public async Task Documents_AreAnsweredBare_WithTagAndEpoch()
    {
        using var folder = new ConfigFolder(("retry-policies/quick.yaml", "delays: fixed(1s) | take(2)"));
        await using var host = await TestHost.StartAsync(foundation => foundation.AddRetry().UseConfigDirectory(folder.Path));
        var answer = await host.Client.ReadAsync("/api/config/retry-policies/quick");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("""{"delays":"fixed(1s) | take(2)"}""", answer.Text);
        Assert.Equal("1", Assert.Single(answer.Headers.GetValues("Foundation-Epoch")));
        Assert.Equal("1", Assert.Single(answer.Headers.GetValues("Foundation-Version")));

        var again = await host.Client.ReadAsync("/api/config/retry-policies/quick", ("If-None-Match", answer.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.Status);

        Assert.Equal(
            """
            {"delays":"fixed(1s) | take(2)","retryOn":["network","timeout","throttled","server","application"]}
            """,
            (await Get(host, "/api/config/retry-policies/quick/effective")).GetProperty("document").GetRawText());
        Assert.Equal(["default", "quick"], host.Services.GetRequiredService<ConfigView<RetryPolicy>>().Names);
        Assert.Equal("fixed(1s) | take(2)", host.Services.GetRequiredService<IRetryPolicies>().Find(null, "quick")!.Delays.ToString());
    }

    [Fact]
    public async Task Kinds_AreListedWithTheirSchemas()
    {
        await using var host = await TestHost.StartAsync(foundation => foundation.AddRetry().AddKind(_ => SampleKinds.Colors()));
        var list = await Get(host, "/api/config");
        var kinds = list.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(["colors", "retry-policies"], kinds.Select(kind => kind.GetProperty("kind").GetString()));
        Assert.Equal(2, kinds[0].GetProperty("documents").GetInt32());
        var schema = kinds[0].GetProperty("schema");
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        var members = schema.GetProperty("properties");
        Assert.Equal("integer", members.GetProperty("green").GetProperty("type").ToString());
        Assert.Equal("string", members.GetProperty("dries").GetProperty("type").GetString());
        Assert.StartsWith("a duration", members.GetProperty("dries").GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Contains("a share", members.GetProperty("gloss").GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_ArePagedByName()
    {
        await using var host = await TestHost.StartAsync(foundation => foundation.AddKind(_ => SampleKinds.Colors()));
        var first = await Get(host, "/api/config/colors?limit=1");
        Assert.Equal("default", first.GetProperty("items")[0].GetProperty("name").GetString());
        var second = await Get(host, "/api/config/colors?limit=1&cursor=" + first.GetProperty("next").GetString());
        var red = second.GetProperty("items")[0];
        Assert.Equal(("red", "built-in"), (red.GetProperty("name").GetString(), red.GetProperty("layer").GetString()));
        Assert.False(second.TryGetProperty("next", out _));
    }

    [Theory]
    [InlineData("/api/config/colours", HttpStatusCode.NotFound, "config.unknown-kind")]
    [InlineData("/api/config/colors/rot", HttpStatusCode.NotFound, "config.not-found")]
    [InlineData("/api/config/colors/rot/effective", HttpStatusCode.NotFound, "config.not-found")]
    [InlineData("/api/config/colors/red?layer=default", HttpStatusCode.NotFound, "config.not-found")]
    [InlineData("/api/config/colors/red?layer=service:x", HttpStatusCode.UnprocessableEntity, "config.unknown-layer")]
    [InlineData("/api/config/colors/red?layr=default", HttpStatusCode.UnprocessableEntity, "api.invalid")]
    public async Task WhatIsNotThere_IsRefused(string path, HttpStatusCode status, string code)
    {
        await using var host = await TestHost.StartAsync(foundation => foundation.AddKind(_ => SampleKinds.Colors()));
        var answer = await host.Client.ReadAsync(path);
        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task AFaultyDocument_StopsTheStart()
    {
        const string delays = "delays: exponentail(1s) | tkae(3)\n";
        using var folder = new ConfigFolder(("retry-policies/bad.yaml", delays + "retryOn: [network, netwrk, 503, {}]\nbudget: {}"));
        var exception = await Assert.ThrowsAsync<InvalidConfigurationException>(
            () => TestHost.StartAsync(foundation => foundation.AddRetry().UseConfigDirectory(folder.Path)));
        Assert.Equal(
            ["retry-policies/bad.yaml#/retryOn/3 api.invalid-value", "retry-policies/bad.yaml#/budget api.unknown-member"],
            exception.Problem.Faults.Select(fault => $"{fault.Path} {fault.Code}"));

        folder.Write("retry-policies/bad.yaml", delays + "retryOn: [network, netwrk, 503]");
        exception = await Assert.ThrowsAsync<InvalidConfigurationException>(
            () => TestHost.StartAsync(foundation => foundation.AddRetry().UseConfigDirectory(folder.Path)));
        Assert.Equal(
            ["#/delays", "#/delays", "#/retryOn/1"],
            exception.Problem.Faults.Select(fault => fault.Path["retry-policies/bad.yaml".Length..]));
    }

    private static async Task<JsonElement> Get(TestHost host, string path)
    {
        var answer = await host.Client.ReadAsync(path);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json;
    }
}
