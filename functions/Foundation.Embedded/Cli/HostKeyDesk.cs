using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Foundation.Embedded.Hosting;
using Foundation.Security;

namespace Foundation.Embedded.Cli;

/// <summary>Keys of a running host, by its API.</summary>
internal sealed class HostKeyDesk : KeyDesk
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) });
    private readonly Uri _base;
    private readonly string? _key;

    public HostKeyDesk(string url, string? key)
    {
        _base = Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new StartException($"--url '{url}' is not an address such as http://127.0.0.1:7070.");
        _key = key;
    }

    /// <summary>Whether a host is there.</summary>
    public async ValueTask<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            await SendAsync(HttpMethod.Get, "api/version", null, ct);
            return true;
        }
        catch (StartException)
        {
            return false;
        }
    }

    public override async ValueTask<KeyResource> CreateAsync(KeyRequest request, CancellationToken ct) => Key(await SendAsync(
        HttpMethod.Post, "api/keys", JsonContent.Create(request, SecurityJson.Default.KeyRequest), ct));

    public override async IAsyncEnumerable<KeyResource> ListAsync([EnumeratorCancellation] CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            var page = await SendAsync(HttpMethod.Get, "api/keys" + (cursor is null ? "" : "?cursor=" + Uri.EscapeDataString(cursor)), null, ct);
            foreach (var item in page.GetProperty("items").EnumerateArray())
            {
                yield return Key(item);
            }

            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
    }

    public override async ValueTask<KeyResource> RevokeAsync(string id, CancellationToken ct) =>
        Key(await SendAsync(HttpMethod.Delete, "api/keys/" + Uri.EscapeDataString(id), null, ct));

    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, new Uri(_base, path)) { Content = body };
        request.Headers.Authorization = _key is null ? null : new AuthenticationHeaderValue("Bearer", _key);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            using var response = await _http.SendAsync(request, patience.Token);
            var text = await response.Content.ReadAsStringAsync(patience.Token);
            return response.IsSuccessStatusCode ? JsonElement.Parse(text) : throw new StartException(Explain(response, text));
        }
        catch (HttpRequestException e)
        {
            throw new StartException($"No host answers at {_base}: {e.Message}", e);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new StartException($"The host at {_base} did not answer within {Patience.TotalSeconds:0} s.");
        }
    }

    private static string Explain(HttpResponseMessage response, string text)
    {
        var status = (int)response.StatusCode;
        if (status == 401)
        {
            return "The host wants an admin key: give --key or FOUNDATION_KEY. (Or stop the host and run this command on its data folder.)";
        }

        try
        {
            var problem = JsonElement.Parse(text);
            var faults = problem.TryGetProperty("errors", out var errors)
                ? errors.EnumerateArray().Select(e => $"{e.GetProperty("path").GetString()!.TrimStart('/')}: {e.GetProperty("message").GetString()}").ToArray()
                : [];
            return faults.Length > 0 ? string.Join(" ", faults) : problem.GetProperty("detail").GetString() ?? $"The host answered {status}.";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"The host answered {status}.";
        }
    }

    private static KeyResource Key(JsonElement json) => json.Deserialize(SecurityJson.Default.KeyResource)!;
}
