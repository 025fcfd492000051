using System.Text.Json;
using System.Text.RegularExpressions;

namespace Foundation.Infrastructure.Tests.Bicep;

/// <summary>Identities only: nothing in this deployment is opened by a key, and none leaves it.</summary>
public sealed partial class SecurityTests
{
    [Fact]
    public async Task Storage_TakesNoKeysAndShowsNothingToThePublic()
    {
        var account = Assert.Single((await Deployment.DefaultsAsync()).OfType("Microsoft.Storage/storageAccounts")).Properties;

        Assert.False(account.GetProperty("allowSharedKeyAccess").GetBoolean());
        Assert.False(account.GetProperty("allowBlobPublicAccess").GetBoolean());
        Assert.True(account.GetProperty("supportsHttpsTrafficOnly").GetBoolean());
        Assert.Equal("TLS1_2", account.GetProperty("minimumTlsVersion").GetString());
    }

    [Fact]
    public async Task Containers_AreAllPrivate()
    {
        var containers = (await Deployment.DefaultsAsync()).OfType("Microsoft.Storage/storageAccounts/blobServices/containers");

        Assert.All(containers, container => Assert.Equal("None", container.Properties.GetProperty("publicAccess").GetString()));
    }

    [Fact]
    public async Task ServiceBusAndTelemetry_TakeIdentitiesOnly()
    {
        var resources = await Deployment.DefaultsAsync();
        var serviceBus = Assert.Single(resources.OfType("Microsoft.ServiceBus/namespaces"));
        var insights = Assert.Single(resources.OfType("Microsoft.Insights/components"));

        Assert.True(serviceBus.Properties.GetProperty("disableLocalAuth").GetBoolean());
        Assert.Equal("1.2", serviceBus.Properties.GetProperty("minimumTlsVersion").GetString());
        Assert.Equal("Standard", serviceBus.Json.GetProperty("sku").GetProperty("name").GetString());
        Assert.True(insights.Properties.GetProperty("DisableLocalAuth").GetBoolean());
    }

    [Fact]
    public async Task App_IsReachedByHttpsAndPublishedByIdentity()
    {
        var resources = await Deployment.DefaultsAsync();
        var app = Assert.Single(resources.OfType("Microsoft.Web/sites"));
        var site = app.Properties.GetProperty("siteConfig");

        Assert.True(app.Properties.GetProperty("httpsOnly").GetBoolean());
        Assert.Equal("1.2", site.GetProperty("minTlsVersion").GetString());
        Assert.Equal("1.2", site.GetProperty("scmMinTlsVersion").GetString());
        Assert.Equal("Disabled", site.GetProperty("ftpsState").GetString());
        Assert.Equal("UserAssigned", app.Json.GetProperty("identity").GetProperty("type").GetString());
        var policies = resources.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies").ToList();
        Assert.Equal(["ftp", "scm"], policies.Select(policy => policy.Name.Split('/')[1]).Order(StringComparer.Ordinal));
        Assert.All(policies, policy => Assert.False(policy.Properties.GetProperty("allow").GetBoolean()));
    }

    [Fact]
    public async Task KeyVault_IsOpenedByRolesAndItsPurgeProtectionIsAChoice()
    {
        var vault = Assert.Single((await Deployment.DefaultsAsync()).OfType("Microsoft.KeyVault/vaults")).Properties;
        var protectedVault = Assert.Single(
            (await Deployment.EverythingSetAsync()).OfType("Microsoft.KeyVault/vaults")).Properties;

        Assert.True(vault.GetProperty("enableRbacAuthorization").GetBoolean());
        Assert.True(vault.GetProperty("enableSoftDelete").GetBoolean());
        Assert.False(vault.TryGetProperty("enablePurgeProtection", out var off) && off.ValueKind == JsonValueKind.True);
        Assert.True(protectedVault.GetProperty("enablePurgeProtection").GetBoolean());
    }

    [Fact]
    public async Task Template_AsksForNoKeyAnywhere()
    {
        var template = (await Deployment.BuildAsync()).Output;

        Assert.DoesNotMatch(KeyFunction(), template);
        Assert.DoesNotContain("AccountKey=", template, StringComparison.Ordinal);
        Assert.DoesNotContain("SharedAccessKey", template, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outputs_OfEveryTemplateAreNamesAndAddresses()
    {
        var outputs = Templates(await Deployment.TemplateAsync())
            .SelectMany(template => template.TryGetProperty("outputs", out var found) ? found.EnumerateObject().ToArray() : [])
            .ToList();

        Assert.NotEmpty(outputs);
        Assert.All(outputs, output =>
        {
            Assert.Equal("string", output.Value.GetProperty("type").GetString());
            Assert.DoesNotMatch(Secret(), output.Name);
            Assert.DoesNotMatch(Secret(), output.Value.GetProperty("value").GetString());
        });
    }

    /// <summary>The template and, within it, those of its modules.</summary>
    private static IEnumerable<JsonElement> Templates(JsonElement template)
    {
        yield return template;
        var resources = template.GetProperty("resources");
        var nested = resources.ValueKind == JsonValueKind.Object
            ? resources.EnumerateObject().Select(resource => resource.Value)
            : resources.EnumerateArray();
        foreach (var module in nested.Where(resource => resource.GetProperty("type").GetString() == "Microsoft.Resources/deployments"))
        {
            foreach (var inner in Templates(module.GetProperty("properties").GetProperty("template")))
            {
                yield return inner;
            }
        }
    }

    [GeneratedRegex(@"\blist(Keys|AccountSas|ServiceSas|Secrets|\w*Strings|\w*Credentials)?\s*\(", RegexOptions.IgnoreCase)]
    private static partial Regex KeyFunction();

    [GeneratedRegex(@"secret|password|ConnectionString|InstrumentationKey|\bkeys?\b|_KEY$|sas\b", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
