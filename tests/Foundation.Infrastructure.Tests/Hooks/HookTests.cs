using System.Text.RegularExpressions;

namespace Foundation.Infrastructure.Tests.Hooks;

/// <summary>The hooks of azure.yaml, run for real against a loopback server; those of PowerShell where it is installed.</summary>
public sealed partial class HookTests
{
    public static TheoryData<string> Shells { get; } = ["sh", "pwsh"];

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Postprovision_WhenThereIsNoKey_WritesARandomOneAndNeverSaysIt(string shell)
    {
        SkipWithout(shell);
        await using var azure = await FakeAzure.StartAsync();

        var result = await azure.RunHookAsync(shell, "postprovision");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Matches(Key(), azure.Secret);
        Assert.DoesNotContain(azure.Secret!, result.Output + result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeAzure.Token, result.Output + result.Errors, StringComparison.Ordinal);
        Assert.Contains("Bootstrap key written", result.Output, StringComparison.Ordinal);
        Assert.All(azure.Seen, request => Assert.Equal($"Bearer {FakeAzure.Token}", request.Authorization));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Postprovision_WhenThereIsAKey_LeavesIt(string shell)
    {
        SkipWithout(shell);
        await using var azure = await FakeAzure.StartAsync();
        azure.Secret = "the first one";

        var result = await azure.RunHookAsync(shell, "postprovision");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal("the first one", azure.Secret);
        Assert.Equal("GET", Assert.Single(azure.Seen).Method);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Postprovision_WhileTheRoleDoesNotHold_TriesAgain(string shell)
    {
        SkipWithout(shell);
        // Refused twice while reading, then once more while writing.
        await using var azure = await FakeAzure.StartAsync(403, 403, 404, 403);

        var result = await azure.RunHookAsync(shell, "postprovision");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Matches(Key(), azure.Secret);
        Assert.Equal(["GET", "GET", "GET", "PUT", "GET", "PUT"], azure.Seen.Select(request => request.Method));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Postprovision_WhenTheNameIsTakenByADeletedSecret_SaysWhatToDo(string shell)
    {
        SkipWithout(shell);
        await using var azure = await FakeAzure.StartAsync(404, 409);

        var result = await azure.RunHookAsync(shell, "postprovision");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("az keyvault secret recover", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Predeploy_WhileTheRoleDoesNotHold_Waits_AndThenSaysHowToGoOn(string shell)
    {
        SkipWithout(shell);
        await using var azure = await FakeAzure.StartAsync(403, 503);

        var result = await azure.RunHookAsync(shell, "predeploy");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(3, azure.Seen.Count);
        Assert.All(azure.Seen, request => Assert.Equal("/app-package", request.Path));
        Assert.Contains("run 'azd deploy' again", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Predeploy_WhenTheRoleNeverHolds_FailsAndSaysHowToGoOn(string shell)
    {
        SkipWithout(shell);
        await using var azure = await FakeAzure.StartAsync([.. Enumerable.Repeat(403, 60)]);

        var result = await azure.RunHookAsync(shell, "predeploy");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal(40, azure.Seen.Count);
        Assert.Contains("run 'azd deploy' again", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Postdeploy_AfterAColdStart_PrintsTheAddressAndWhereTheKeyLies(string shell)
    {
        SkipWithout(shell);
        await using var azure = await FakeAzure.StartAsync(502, 503);

        var result = await azure.RunHookAsync(shell, "postdeploy");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(3, azure.Seen.Count(request => request.Path == "/health/live"));
        Assert.Contains($"Foundation: {azure.Url}", result.Output, StringComparison.Ordinal);
        Assert.Contains("--vault-name kv-test --name foundation-bootstrap-key", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Postdeploy_WhenTheAppDoesNotAnswer_Fails(string shell)
    {
        SkipWithout(shell);
        await using var azure = await FakeAzure.StartAsync([.. Enumerable.Repeat(503, 60)]);

        var result = await azure.RunHookAsync(shell, "postdeploy");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("FunctionAppLogs", result.Errors, StringComparison.Ordinal);
    }

    private static void SkipWithout(string shell)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in for azd is a script for sh.");
        Assert.SkipUnless(Command.Find(shell) is not null, $"{shell} is not installed here.");
        Assert.SkipUnless(shell != "sh" || Command.Find("curl") is not null, "curl is not installed here.");
    }

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Key();
}
