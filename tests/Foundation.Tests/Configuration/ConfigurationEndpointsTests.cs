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
        var answer = await host.Client.GetAsync(new Uri("/api/config/retry-policies/quick", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"delays":"fixed(1s) | take(2)"}""", await Text(answer));
        Assert.Equal("1", Assert.Single(answer.Headers.GetValues("Foundation-Epoch")));

        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/config/retry-policies/quick");
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await host.Client.SendAsync(again, TestContext.Current.CancellationToken)).StatusCode);

        Assert.Equal(
            """
            {"document":{"delays":"fixed(1s) | take(2)","retryOn":["network","timeout","throttled","server","application"]},"layers":["default"]}
            """,
            await Get(host, "/api/config/retry-policies/quick/effective"));
        Assert.Equal(["default", "quick"], host.Services.GetRequiredService<ConfigView<RetryPolicy>>().Names);
        Assert.Equal("fixed(1s) | take(2)", host.Services.GetRequiredService<IRetryPolicies>().Find(null, "quick")!.Delays.ToString());
    }

    [Fact]
    public async Task Kinds_AreListedWithTheirSchemas()
    {
        await using var host = await TestHost.StartAsync(foundation => foundation.AddRetry().AddKind(_ => SampleKinds.Colors()));
        using var list = JsonDocument.Parse(await Get(host, "/api/config"));
        var kinds = list.RootElement.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(["colors", "retry-policies"], kinds.Select(kind => kind.GetProperty("kind").GetString()));
        Assert.Equal(2, kinds[0].GetProperty("documents").GetInt32());
        var schema = kinds[0].GetProperty("schema");
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        var members = schema.GetProperty("properties");
        Assert.Equal("integer", members.GetProperty("green").GetProperty("type").ToString());
        Assert.Equal("string", members.GetProperty("dries").GetProperty("type").GetString());
        Assert.Contains("a duration such as", members.GetProperty("dries").GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Contains("a share", members.GetProperty("gloss").GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_ArePagedByName()
    {
        await using var host = await TestHost.StartAsync(foundation => foundation.AddKind(_ => SampleKinds.Colors()));
        using var first = JsonDocument.Parse(await Get(host, "/api/config/colors?limit=1"));
        Assert.Equal("default", first.RootElement.GetProperty("items")[0].GetProperty("name").GetString());
        using var second = JsonDocument.Parse(await Get(host, "/api/config/colors?limit=1&cursor=" + first.RootElement.GetProperty("next").GetString()));
        var red = second.RootElement.GetProperty("items")[0];
        Assert.Equal(("red", "built-in"), (red.GetProperty("name").GetString(), red.GetProperty("layer").GetString()));
        Assert.False(second.RootElement.TryGetProperty("next", out _));
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
        var answer = await host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.StatusCode);
        using var problem = JsonDocument.Parse(await Text(answer));
        Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task AFaultyDocument_StopsTheStart()
    {
        using var folder = new ConfigFolder(("retry-policies/bad.yaml", "delays: exponentail(1s) | tkae(3)\nretryOn: [network, netwrk, 503, {}]\nbudget: {}"));
        var exception = await Assert.ThrowsAsync<InvalidConfigurationException>(
            () => TestHost.StartAsync(foundation => foundation.AddRetry().UseConfigDirectory(folder.Path)));
        Assert.Equal(
            ["retry-policies/bad.yaml#/retryOn/3 api.invalid-value", "retry-policies/bad.yaml#/budget api.unknown-member"],
            exception.Problem.Faults.Select(fault => $"{fault.Path} {fault.Code}"));

        folder.Write("retry-policies/bad.yaml", "delays: exponentail(1s) | tkae(3)\nretryOn: [network, netwrk, 503]");
        exception = await Assert.ThrowsAsync<InvalidConfigurationException>(
            () => TestHost.StartAsync(foundation => foundation.AddRetry().UseConfigDirectory(folder.Path)));
        Assert.Equal(
            ["#/delays", "#/delays", "#/retryOn/1"],
            exception.Problem.Faults.Select(fault => fault.Path["retry-policies/bad.yaml".Length..]));
    }

    private static async Task<string> Get(TestHost host, string path)
    {
        var answer = await host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await Text(answer);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    private static Task<string> Text(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
