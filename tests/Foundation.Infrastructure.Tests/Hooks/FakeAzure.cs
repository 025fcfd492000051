using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Foundation.Infrastructure.Tests.Hooks;

/// <summary>One request as Azure would see it.</summary>
internal sealed record SeenRequest(string Method, string Path, string Query, string? Authorization, string Body);

/// <summary>
/// Key Vault, storage and the deployed app on one loopback port, and an `azd` that hands out tokens: what the hooks talk to.
/// Statuses queued up front are answered first, which is how a role that does not hold yet looks.
/// </summary>
internal sealed class FakeAzure : IAsyncDisposable
{
    public const string Token = "token-of-the-deployer";

    private readonly WebApplication _server;
    private readonly ConcurrentQueue<int> _first;
    private readonly string _tools = Directory.CreateTempSubdirectory("foundation-hooks-").FullName;

    private FakeAzure(WebApplication server, IEnumerable<int> firstStatuses)
    {
        _server = server;
        _first = new ConcurrentQueue<int>(firstStatuses);
    }

    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    /// <summary>The bootstrap secret; null until it is written.</summary>
    public string? Secret { get; set; }

    public string Url => _server.Urls.Single();

    public static async Task<FakeAzure> StartAsync(params int[] firstStatuses)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        var azure = new FakeAzure(server, firstStatuses);
        server.Run(azure.AnswerAsync);
        await server.StartAsync();
        azure.WriteAzd();
        return azure;
    }

    /// <summary>Runs one hook as azd would: from the root, with azd's environment.</summary>
    public Task<CommandResult> RunHookAsync(string shell, string hook) => Command.RunAsync(
        shell,
        shell == "sh"
            ? [Repository.PathOf($"infra/hooks/{hook}.sh")]
            : ["-NoProfile", "-File", Repository.PathOf($"infra/hooks/{hook}.ps1")],
        new Dictionary<string, string>
        {
            ["PATH"] = $"{_tools}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}",
            ["FOUNDATION_HOOK_RETRY_SECONDS"] = "0",
            ["FOUNDATION_KEY_VAULT_URI"] = $"{Url}/",
            ["FOUNDATION_DEPLOYMENT_CONTAINER_URL"] = $"{Url}/app-package",
            ["FOUNDATION_URL"] = Url,
            ["AZURE_KEY_VAULT_NAME"] = "kv-test",
        });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_tools, recursive: true);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        Seen.Enqueue(new SeenRequest(
            context.Request.Method, context.Request.Path, context.Request.QueryString.Value ?? "",
            context.Request.Headers.Authorization, body));
        context.Response.StatusCode = _first.TryDequeue(out var status) ? status : (int)Answer(context.Request, body);
    }

    private HttpStatusCode Answer(HttpRequest request, string body)
    {
        if (request.Path != "/secrets/foundation-bootstrap-key")
        {
            return HttpStatusCode.OK;
        }

        if (request.Method == HttpMethods.Put)
        {
            Secret = JsonDocument.Parse(body).RootElement.GetProperty("value").GetString();
            return HttpStatusCode.OK;
        }

        return Secret is null ? HttpStatusCode.NotFound : HttpStatusCode.OK;
    }

    private void WriteAzd()
    {
        var azd = Path.Combine(_tools, "azd");
        File.WriteAllText(azd, $$"""
            #!/bin/sh
            [ "$1 $2" = "auth token" ] || exit 64
            printf '{\n  "token": "{{Token}}",\n  "expiresOn": "2026-11-24T12:00:00Z"\n}\n'

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(azd, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
