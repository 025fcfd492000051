using System.Text.Json;
using System.Text.RegularExpressions;

namespace Foundation.Infrastructure.Tests.Bicep;

public sealed partial class SettingsTests
{
    [Fact]
    public async Task Template_SetsExactlyTheExpectedSettings() =>
        Assert.Equal(ExpectedSettings.All, (await NamesAsync()).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Template_SetsNothingThatFlexRefuses() =>
        Assert.Empty((await NamesAsync()).Intersect(ExpectedSettings.RefusedByFlex));

    [Fact]
    public async Task Values_AreAllTexts_AndNoneIsEmpty() =>
        Assert.All((await SettingsAsync()).EnumerateObject(), setting => Assert.NotEqual("", setting.Value.GetString()));

    [Fact]
    public async Task Values_WhenAskedFor_FollowTheParameters()
    {
        var settings = Settings(await Deployment.EverythingSetAsync());

        Assert.Equal("https://foundation.example.com", settings.GetProperty("FOUNDATION_PUBLIC_URL").GetString());
        Assert.Equal("3", settings.GetProperty("FOUNDATION_DEFAULT_QUEUE_PARTITIONS").GetString());
        Assert.Equal("another", settings.GetProperty("TASKHUB_NAME").GetString());
    }

    [Fact]
    public async Task Defaults_AreEightPartitionsAndTheAppsOwnAddress()
    {
        var settings = await SettingsAsync();

        Assert.Equal("8", settings.GetProperty("FOUNDATION_DEFAULT_QUEUE_PARTITIONS").GetString());
        Assert.Contains(".defaultHostName", settings.GetProperty("FOUNDATION_PUBLIC_URL").GetString(), StringComparison.Ordinal);
        var authentication = settings.GetProperty("APPLICATIONINSIGHTS_AUTHENTICATION_STRING").GetString();
        Assert.Contains("'ClientId={0};Authorization=AAD'", authentication, StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_OfTheApp_ReadExactlyTheProductsSettings()
    {
        Repository.SkipWithoutFunctionsApp();
        var read = Repository.Sources("functions/Foundation.Azure").Concat(Repository.Sources("functions/Foundation.Functions"))
            .SelectMany(source => SettingLiteral().Matches(source).Select(match => match.Groups[1].Value))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

        Assert.Equal(ExpectedSettings.Product.Order(StringComparer.Ordinal), read);
    }

    [Fact]
    public void LocalExample_SetsNoNameThatTheAppDoesNotKnow()
    {
        string[] localOnly = ["AzureWebJobsStorage", "FUNCTIONS_WORKER_RUNTIME", "ServiceBusConnection"];
        var names = Repository.ReadJson("local.settings.example.json").GetProperty("Values").EnumerateObject()
            .Select(setting => setting.Name).ToList();

        Assert.Empty(names.Except(ExpectedSettings.All.Concat(localOnly)));
        Assert.Empty(localOnly.Except(names));
        // Only what a machine without Azure has no use for may be missing.
        Assert.Equal(["AZURE_CLIENT_ID"], ExpectedSettings.Product.Except(names));
    }

    private static async Task<JsonElement> SettingsAsync() => Settings(await Deployment.DefaultsAsync());

    private static async Task<IEnumerable<string>> NamesAsync() =>
        (await SettingsAsync()).EnumerateObject().Select(setting => setting.Name);

    private static JsonElement Settings(IReadOnlyList<PredictedResource> resources) =>
        Assert.Single(resources.OfType("Microsoft.Web/sites/config")).Properties;

    [GeneratedRegex(@"""((?:FOUNDATION|AZURE|APPLICATIONINSIGHTS)_[A-Z0-9_]+)""")]
    private static partial Regex SettingLiteral();
}
