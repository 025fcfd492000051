using Foundation.Functions.Orchestrations;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Foundation.Functions.Http;

/// <summary>Every request comes here; the core's own pipeline routes it. The host keeps <c>/admin</c> and <c>/runtime</c> for itself.</summary>
internal sealed class HttpFunctions(HttpPipeline pipeline, DurableClients clients)
{
    [Function("api")]
    public Task RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client)
    {
        clients.Hold(client);
        return pipeline.RunAsync(request.HttpContext);
    }
}
