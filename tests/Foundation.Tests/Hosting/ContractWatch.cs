using System.Collections.Concurrent;
using Foundation.Api;
using Foundation.Security;
using Microsoft.AspNetCore.Http;

namespace Foundation.Tests.Hosting;

/// <summary>Compares each answer of a host under test with what its endpoint declares: statuses and error codes.</summary>
internal sealed class ContractWatch
{
    private readonly ConcurrentQueue<string> _broken = new();

    /// <summary>What was answered and stands in no API document.</summary>
    public IReadOnlyList<string> Broken => [.. _broken.Distinct()];

    public async Task LookAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.GetEndpoint()?.Metadata is not { } metadata || metadata.GetMetadata<ApiOperation>() is not { } operation) return;
        if (context.Features.Get<AnsweredProblem>() is { } answered)
        {
            var code = answered.Problem.Error;
            if (!operation.AllErrors(metadata.GetMetadata<EndpointAccess>()?.Scope).Contains(code))
            {
                _broken.Enqueue($"{operation.Id} answered {code.Code}, which it does not declare: .Refuses(...)");
            }
        }
        else if (context.Response.StatusCode != StatusCodes.Status304NotModified && !context.Response.Headers.ContainsKey(Idempotency.ReplayedHeader) && !operation.Answers.ContainsKey(context.Response.StatusCode))
        {
            _broken.Enqueue($"{operation.Id} answered {context.Response.StatusCode}, which it does not declare: .Answers(...)");
        }
    }
}
