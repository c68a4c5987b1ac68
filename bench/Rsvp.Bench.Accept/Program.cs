using MassTransit;
using MassTransit.DependencyInjection;
using MassTransit.InMemoryTransport.Configuration;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rsvp.Api;
using Rsvp.Hosting.Messaging;

// The API as it is, with a bus in memory: a batch is written to the bytes that would be published, and is confirmed at once, for nobody takes it.
await using var app = ApiHost.Create(args, builder => builder.Host.ConfigureContainer<IServiceCollection>(services =>
    services.Replace(ServiceDescriptor.Singleton(provider => new Bind<IBus, IBusInstance>(
        new InMemoryRegistrationBusFactory(null, (_, bus) => bus.UseContractJson())
            .CreateBus(provider.GetRequiredService<Bind<IBus, IBusRegistrationContext>>().Value, [], "rsvp-api"))))));
await app.RunAsync();
