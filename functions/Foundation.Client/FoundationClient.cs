using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Foundation.Client;

/// <summary>
/// The Foundation API, typed. Safe for concurrent use. Refusals are <see cref="FoundationException"/>; a host that cannot be reached is
/// <see cref="HttpRequestException"/>, after a few repeats of what may be repeated.
/// </summary>
public sealed partial class FoundationClient : IDisposable
{
    private const int RepeatsMax = 3;
    private const int ProblemBytesMax = 256 * 1024;
    private static readonly TimeSpan RepeatFirst = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RepeatLongest = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http;
    private readonly bool _owned;
    private readonly TimeProvider _time;

    /// <summary>Talks through a given client, which names the host (<see cref="HttpClient.BaseAddress"/>) and stays the caller's.</summary>
    /// <param name="http">Its time-out must be above the longest wait, 60 s.</param>
    /// <param name="time">The clock of waits and repeats; the system's when null.</param>
    public FoundationClient(HttpClient http, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        _http = http;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Talks to a host.</summary>
    /// <param name="baseUrl">For example <c>http://127.0.0.1:7070</c>.</param>
    /// <param name="key">An API key, where the host wants one.</param>
    public FoundationClient(string baseUrl, string? key = null)
        : this(Create(baseUrl, key)) => _owned = true;

    /// <summary>Where the host is.</summary>
    public Uri? Address => _http.BaseAddress;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_owned)
        {
            _http.Dispose();
        }
    }

    private static HttpClient Create(string baseUrl, string? key)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            BaseAddress = new Uri(baseUrl),
            Timeout = TimeSpan.FromSeconds(100),
        };
        if (key is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return http;
    }

    private Task<T> ReadAsync<T>(string path, CancellationToken ct) => SendAsync<T>(new Call(HttpMethod.Get, path), ct);

    private async Task<T> SendAsync<T>(Call call, CancellationToken ct)
    {
        using var response = await AnswerAsync(call, ct);
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        return await JsonSerializer.DeserializeAsync(stream, ClientJson.Of<T>(), ct)
            ?? throw new FoundationException((int)response.StatusCode, "api.empty-answer", $"{call.Method} {call.Path} was answered with nothing.", []);
    }

    /// <summary>Sends, repeats what may be repeated, and throws refusals.</summary>
    private async Task<HttpResponseMessage> AnswerAsync(Call call, CancellationToken ct)
    {
        for (var repeat = 0; ; repeat++)
        {
            var wait = RepeatFirst * (1 << repeat);
            try
            {
                var response = await SendOnceAsync(call, ct);
                if (response.IsSuccessStatusCode)
                {
                    return response;
                }

                using (response)
                {
                    var refusal = await RefusalAsync(response, ct);
                    if (!call.Repeatable || repeat >= RepeatsMax || !MayPass(response.StatusCode))
                    {
                        throw refusal;
                    }

                    wait = refusal.RetryAfter is { } after && after > wait ? after : wait;
                }
            }
            catch (HttpRequestException) when (call.Repeatable && repeat < RepeatsMax)
            {
                // The host restarts, or the connection broke: whether it was heard is unknown, and asking again is safe.
            }

            await Task.Delay(wait < RepeatLongest ? wait : RepeatLongest, _time, ct);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(Call call, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(call.Method, call.Path);
        foreach (var (name, value) in call.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (call.Body is { } body)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    private static bool MayPass(HttpStatusCode status) =>
        status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;

    private static async Task<FoundationException> RefusalAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var status = (int)response.StatusCode;
        var after = response.Headers.RetryAfter?.Delta;
        ProblemBody? problem = null;
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json"
            && response.Content.Headers.ContentLength is not > ProblemBytesMax)
        {
            try
            {
                await using var stream = await response.Content.ReadAsStreamAsync(ct);
                problem = await JsonSerializer.DeserializeAsync(stream, ClientJson.Of<ProblemBody>(), ct);
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                // Not ours: a proxy's page that says it is JSON.
            }
        }

        return (problem ?? new ProblemBody(null, null, null, null, null, null, null, null)).ToException(status, after);
    }

    private static string Escape(string segment) => Uri.EscapeDataString(segment);

    /// <summary>A request, kept so that it can be sent again.</summary>
    private sealed record Call(HttpMethod Method, string Path)
    {
        public ReadOnlyMemory<byte>? Body { get; init; }

        public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

        /// <summary>Whether sending it twice does what sending it once does.</summary>
        public bool Repeatable { get; init; } = Method == HttpMethod.Get || Method == HttpMethod.Put;

        public static Call Post(string path, bool repeatable = false) => new(HttpMethod.Post, path) { Repeatable = repeatable };

        public static Call Post<T>(string path, T body, bool repeatable = false) => Post(path, repeatable) with { Body = ClientJson.Bytes(body) };
    }
}
