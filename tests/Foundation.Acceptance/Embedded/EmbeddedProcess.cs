using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Foundation.Acceptance.Embedded;

/// <summary>The real embedded host in its own process, on a free port.</summary>
internal sealed class EmbeddedProcess(RunningProcess process, Uri address) : IAsyncDisposable
{
    public static string Executable { get; } = Repository.Executable("functions/Foundation.Embedded");

    public RunningProcess Process => process;

    public Uri Address => address;

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address, Timeout = RunningProcess.Patience };

    /// <summary>Starts a command without waiting for anything.</summary>
    public static RunningProcess Run(params string[] arguments) => RunningProcess.Start(Executable, arguments);

    /// <summary>Starts the host and waits until it listens.</summary>
    public static async Task<EmbeddedProcess> StartAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = RunningProcess.Start(Executable, arguments, environment);
        try
        {
            var line = await process.LineAsync(l => l.StartsWith("  API ", StringComparison.Ordinal), "the line with its address");
            return new EmbeddedProcess(process, new Uri(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the host on a free port with a data folder.</summary>
    public static Task<EmbeddedProcess> StartAsync(string data, params string[] more) => StartAsync(["--port", "0", "--data", data, .. more]);

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? json = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = response.Content.Headers.ContentLength == 0
            ? default
            : await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, body);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await process.DisposeAsync();
    }
}
