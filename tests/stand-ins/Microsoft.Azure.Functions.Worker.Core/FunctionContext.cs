using System;
using System.Collections.Generic;
using System.Threading;

namespace Microsoft.Azure.Functions.Worker;

public abstract class FunctionContext
{
    public abstract string InvocationId { get; }

    public abstract string FunctionId { get; }

    public abstract TraceContext TraceContext { get; }

    public abstract BindingContext BindingContext { get; }

    public abstract RetryContext RetryContext { get; }

    public abstract IServiceProvider InstanceServices { get; set; }

    public abstract FunctionDefinition FunctionDefinition { get; }

    public abstract IDictionary<object, object> Items { get; set; }

    public abstract IInvocationFeatures Features { get; }

    public virtual CancellationToken CancellationToken { get; } = CancellationToken.None;
}

public abstract class TraceContext
{
    public abstract string TraceParent { get; }

    public abstract string TraceState { get; }
}

// Named by FunctionContext and not used: without a constructor for others, so that nobody derives from half a type.
public abstract class BindingContext
{
    internal BindingContext() { }
}

public abstract class RetryContext
{
    internal RetryContext() { }
}

public abstract class FunctionDefinition
{
    internal FunctionDefinition() { }

    public abstract string Name { get; }
}

public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>;
