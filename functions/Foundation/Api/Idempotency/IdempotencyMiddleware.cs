using System.Security.Cryptography;
using Foundation.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Foundation.Api;

/// <summary>
/// Gives a repeat the first answer. The record of a request is written when its endpoint reserves ids, before anything is created, and
/// again with the answer, before the answer is sent.
/// </summary>
internal sealed class IdempotencyMiddleware(
    RequestDelegate next, IdempotencyRows rows, IdFactory ids, IdempotencyOptions options, ApiInstruments instruments, ILogger<IdempotencyMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var keys = context.Request.Headers[Idempotency.Header];
        if (keys.Count == 0 || context.GetEndpoint()?.Metadata.GetMetadata<IdempotentOperation>() is null || StoresNothing(context.Request))
        {
            await next(context);
            return;
        }

        if (keys is not [{ Length: >= 1 and <= IdempotencyOptions.KeyLengthMax } key] || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            await ApiResults.WriteProblemAsync(context, InvalidKey());
            return;
        }

        var (shard, row) = rows.Place(context.GetCaller(), context.Request.Method, context.Request.Path.Value ?? "/", key);
        var hash = await HashAsync(context);
        var request = new IdempotentRequest(rows, ids, options, logger, shard, row, hash);
        if (await rows.FindAsync(shard, row, context.RequestAborted) is { } earlier)
        {
            await AfterAsync(context, shard, earlier, hash, request);
        }
        else
        {
            await RunAsync(context, request);
        }
    }

    private async Task AfterAsync(HttpContext context, Shard shard, StoredIdempotency earlier, string hash, IdempotentRequest request)
    {
        var record = earlier.Record;
        if (record.Hash != hash)
        {
            await ApiResults.WriteProblemAsync(context, IdempotentRequest.Mismatch());
        }
        else if (record is { Status: IdempotencyStatus.Answered, Answer: { } answer })
        {
            instruments.Replayed();
            context.Response.Headers[Idempotency.ReplayedHeader] = "true";
            if (answer.Remade) await RunAsync(context, request.GoingOn(earlier));
            else await WriteAsync(context, answer);
        }
        else if ((record.Status == IdempotencyStatus.Open || rows.MayTakeOver(record))
            && await rows.ReplaceAsync(shard, earlier.Row, Claimed(record), context.RequestAborted) is { } claimed)
        {
            instruments.TakenOver();
            await RunAsync(context, request.GoingOn(claimed));
        }
        else
        {
            await ApiResults.WriteProblemAsync(context, IdempotentRequest.InProgress(options));
        }
    }

    private IdempotencyRecord Claimed(IdempotencyRecord record)
    {
        var begun = rows.Begin(record.Hash);
        return record with { Status = begun.Status, Process = begun.Process, StartedAt = begun.StartedAt };
    }

    private async Task RunAsync(HttpContext context, IdempotentRequest request)
    {
        context.Features.Set(request);
        var outer = context.Response.Body;
        using var buffer = new MemoryStream();
        context.Response.Body = buffer;
        var ended = false;
        try
        {
            await next(context);
            ended = true;
        }
        finally
        {
            context.Response.Body = outer;
            if (!ended) await request.ReleaseAsync();
        }

        var body = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        await request.FinishAsync(context.Response, body, context.Features.Get<AnsweredProblem>()?.Problem);
        await outer.WriteAsync(body, context.RequestAborted);
    }

    private static async Task WriteAsync(HttpContext context, IdempotentAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        if (answer.Location is { } location) response.Headers.Location = location;
        if (answer.ETag is { } etag) response.Headers.ETag = etag;
        response.ContentType = answer.MediaType;
        if (answer.Body.IsEmpty) return;
        response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body.Memory, context.RequestAborted);
    }

    // The body stays in the pipe for the endpoint. One that is too large is cut short here and refused there.
    private static async ValueTask<string> HashAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAtLeastAsync(ApiBody.BytesMax + 1, context.RequestAborted);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var segment in read.Buffer) hash.AppendData(segment.Span);
        reader.AdvanceTo(read.Buffer.Start);
        return Convert.ToBase64String(hash.GetHashAndReset());
    }

    private static bool StoresNothing(HttpRequest request) => request.Query["dryRun"] is ["true"];

    private static Problem InvalidKey()
    {
        const string Message = "Idempotency-Key is one text of 1–255 visible ASCII characters.";
        return new Problem(ApiErrors.Invalid, Message) { Faults = [new Fault("", ApiErrors.InvalidValue.Code, Message)] };
    }
}
