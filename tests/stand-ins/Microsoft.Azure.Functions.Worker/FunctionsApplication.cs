using System;
using System.Collections.Generic;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

public class FunctionsApplication
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => throw StandIn.Never();
}

public class FunctionsApplicationBuilder : IHostApplicationBuilder
{
    internal FunctionsApplicationBuilder() { }

    public IDictionary<object, object> Properties => throw StandIn.Never();

    public ConfigurationManager Configuration => throw StandIn.Never();

    public IHostEnvironment Environment => throw StandIn.Never();

    public ILoggingBuilder Logging => throw StandIn.Never();

    public IMetricsBuilder Metrics => throw StandIn.Never();

    public IServiceCollection Services => throw StandIn.Never();

    IConfigurationManager IHostApplicationBuilder.Configuration => throw StandIn.Never();

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => throw StandIn.Never();

    public IHost Build() => throw StandIn.Never();
}
