using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Foundation.LocalAzure.Azurite;

/// <summary>
/// An Azurite on free ports that ends with this process, however this one ends: it lives as long as its standard input is open.
/// </summary>
internal sealed partial class AzuriteProcess : IAsyncDisposable
{
    /// <summary>The account and key of every Azurite; no secret.</summary>
    private const string Account =
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
        + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;";

    private const int Services = 3;
    private static readonly string[] Usual = ["--skipApiVersionCheck", "--disableTelemetry", "--silent"];
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Dictionary<string, string> _ports = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AzuriteProcess(Process process) => _process = process;

    /// <summary>The connection string of its services.</summary>
    public string Connection { get; private set; } = "";

    /// <summary>Starts one; throws <see cref="AzuriteMissingException"/> where Node or the packages are missing.</summary>
    /// <param name="data">Its folder, saved every five seconds and at stop, or <see cref="LocalAzureSettings.InMemory"/>.</param>
    public static async Task<AzuriteProcess> StartAsync(string data)
    {
        string[] keep = data == LocalAzureSettings.InMemory ? ["--inMemoryPersistence"] : ["--location", data];
        string[] ports = ["--blobPort", "0", "--queuePort", "0", "--tablePort", "0"];
        var start = new ProcessStartInfo("node", ["start.mjs", .. Usual, .. keep, .. ports])
        {
            WorkingDirectory = await AzuriteFolder.InstalledAsync(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            var azurite = new AzuriteProcess(Process.Start(start)!);
            await azurite.ListenAsync();
            return azurite;
        }
        catch (Win32Exception)
        {
            throw new AzuriteMissingException("Node is not installed: Azurite, the local storage account, needs it");
        }
    }

    /// <summary>Saves and ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(StopPatience, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task ListenAsync()
    {
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(StartPatience, TimeProvider.System);
        var ended = _process.WaitForExitAsync(patience.Token);
        if (await Task.WhenAny(_listening.Task, ended) == ended)
        {
            await DisposeAsync();
            throw new AzuriteMissingException($"Azurite did not start: {_output}");
        }

        Connection = Account + string.Concat(_ports.Select(p => $"{p.Key}Endpoint=http://127.0.0.1:{p.Value}/devstoreaccount1;"));
    }

    private void Read(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
            if (line is null || Listening().Match(line) is not { Success: true } match)
            {
                return;
            }

            _ports[match.Groups["service"].Value] = match.Groups["port"].Value;
            if (_ports.Count == Services)
            {
                _listening.TrySetResult();
            }
        }
    }

    [GeneratedRegex(@"Azurite (?<service>Blob|Queue|Table) service is successfully listening at http://127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex Listening();
}
