using System.Text.Json.Serialization;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Foundation.Api;

/// <summary>The API document and its reader: <c>/openapi.json</c> and <c>/docs</c>. Nothing is loaded from elsewhere.</summary>
internal static class FoundationDocuments
{
    private const string Name = "v1";

    public static IServiceCollection AddFoundationDocuments(this IServiceCollection services)
    {
        services.Configure<JsonOptions>(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractResolver.Create());
            options.SerializerOptions.Converters.Add(new DurationJsonConverter());
            options.SerializerOptions.Converters.Add(new InstantJsonConverter());
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        return services.AddOpenApi(Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = endpoint => endpoint.ActionDescriptor.EndpointMetadata.OfType<ApiOperation>().Any();
            options.AddSchemaTransformer(SchemaTransformer.ApplyAsync);
            options.AddOperationTransformer(OperationTransformer.ApplyAsync);
            options.AddDocumentTransformer(DocumentTransformer.ApplyAsync);
        });
    }

    public static void MapFoundationDocuments(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi.json").AllowWithoutKey();
        routes.MapScalarApiReference("/docs", options =>
        {
            options.Title = "Foundation API";
            options.OpenApiRoutePattern = "/openapi.json";
            options.DefaultFonts = false;
            options.ProxyUrl = null;
            options.Telemetry = false;
            options.HideClientButton = true;
            options.DotNetFlag = false;
        }).AllowWithoutKey();
    }
}
