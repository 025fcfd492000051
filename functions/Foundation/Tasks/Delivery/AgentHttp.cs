using Microsoft.Extensions.Options;
using Microsoft.Security.AntiSSRF;

namespace Foundation.Tasks.Delivery;

/// <summary>
/// The one pool of connections to agents: no redirects, no cookies, and no address that is not public or allowed (checked after
/// name resolution, at each connect).
/// </summary>
internal sealed class AgentHttp : IDisposable
{
    private readonly HttpMessageInvoker _invoker;

    public AgentHttp(IOptions<DeliveryOptions> options)
    {
        var o = options.Value;
        var policy = new AntiSSRFPolicy(PolicyConfigOptions.ExternalOnlyLatest) { AllowPlainTextHttp = true, AddXFFHeader = false };
        policy.AddAllowedAddresses([.. o.AllowedAddresses]);
        var handler = policy.GetHandler();
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        handler.ConnectTimeout = o.ConnectTimeout;
        handler.PooledConnectionLifetime = o.ConnectionLifetime;
        handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90);
        handler.MaxConnectionsPerServer = o.ConnectionsPerAgentMax;
        handler.ResponseDrainTimeout = TimeSpan.FromMilliseconds(500);
        _invoker = new HttpMessageInvoker(handler);
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) => _invoker.SendAsync(request, ct);

    public void Dispose() => _invoker.Dispose();
}
